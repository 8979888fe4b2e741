package org.aarun.standin;

/** What a test may change about the stand-in itself, in the environment: times, and nothing that the product reads. */
public final class Settings {
    private Settings() {
    }

    public static long number(String name, long otherwise) {
        String value = System.getenv(name);
        return value == null || value.isBlank() ? otherwise : Long.parseLong(value.trim());
    }
}
