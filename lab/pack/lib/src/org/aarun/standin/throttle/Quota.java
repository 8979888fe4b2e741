package org.aarun.standin.throttle;

/** So many calls in a window that is aligned to the clock, as the product's timeBatch(1 min, 0). */
public final class Quota {
    public final long calls;
    public final long windowMillis;

    Quota(long calls, long windowMillis) {
        this.calls = calls;
        this.windowMillis = windowMillis;
    }

    static long unit(String name) {
        switch (name.toLowerCase().replaceFirst("(ute|our)?s?$", "")) {
            case "sec":
            case "s":
                return 1_000;
            case "h":
            case "hour":
                return 3_600_000;
            case "d":
            case "day":
                return 86_400_000;
            default:
                return 60_000;
        }
    }
}
