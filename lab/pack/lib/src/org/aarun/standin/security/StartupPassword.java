package org.aarun.standin.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The internal keystore's password at start: password-tmp (wiped after reading), password-persist (kept), password
 * (becomes password-tmp). There is never a prompt: without a file the password is empty, and so wrong.
 */
public final class StartupPassword {
    private StartupPassword() {
    }

    public static String read(Path home) throws IOException {
        Path once = home.resolve("password-tmp");
        Path kept = home.resolve("password-persist");
        Path first = home.resolve("password");
        if (Files.exists(once)) {
            String password = firstLine(once);
            Files.writeString(once, "!@#$%^&*()SDFGHJZXCVBNM!@#$%^&*");
            Files.delete(once);
            return password;
        }
        if (Files.exists(kept)) {
            return firstLine(kept);
        }
        if (Files.exists(first)) {
            String password = firstLine(first);
            Files.move(first, once);
            return password;
        }
        return "";
    }

    private static String firstLine(Path file) throws IOException {
        String text = Files.readString(file);
        return text.split("\\R", 2)[0];
    }
}
