package org.aarun.standin.throttle;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.aarun.standin.json.Json;

/** Counts the calls that were reported to this node and decides when a quota is used up. */
final class TrafficManager {
    interface Decision {
        void throttled(Level level, Map<String, Object> message);
    }

    private static final class Window {
        final long end;
        long calls;

        Window(long end) {
            this.end = end;
        }
    }

    private final Policies policies;
    private final Decision decision;
    private final Map<String, Window> windows = new ConcurrentHashMap<>();

    TrafficManager(Policies policies, Decision decision) {
        this.policies = policies;
        this.decision = decision;
    }

    void count(Map<String, Object> event) {
        String key = String.valueOf(event.get("key"));
        Level level = Level.valueOf(String.valueOf(event.get("level")));
        Quota quota = policies.quota(level, String.valueOf(event.get("policy")));
        if (quota == null) {
            return;
        }
        long now = System.currentTimeMillis();
        long end = (now / quota.windowMillis + 1) * quota.windowMillis;
        Window window = windows.compute(key, (k, old) -> {
            Window current = old != null && old.end == end ? old : new Window(end);
            current.calls++;
            return current;
        });
        if (window.calls >= quota.calls) {
            decision.throttled(level, Json.of("throttleKey", key, "isThrottled", true, "expiryTimeStamp", end));
        }
    }
}
