package org.aarun.standin.throttle;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the gateway of this node was told: keys over their limit, and tokens that were revoked. */
public final class Decisions {
    private final Map<String, Long> throttledUntil = new ConcurrentHashMap<>();
    private final Map<String, Boolean> revoked = new ConcurrentHashMap<>();

    void throttled(Map<String, Object> message) {
        throttledUntil.put(String.valueOf(message.get("throttleKey")), ((Number) message.get("expiryTimeStamp")).longValue());
    }

    void revoked(Map<String, Object> message) {
        revoked(String.valueOf(message.get("revokedToken")));
    }

    public void revoked(String tokenId) {
        revoked.put(tokenId, true);
    }

    /** When the next call is allowed, or 0: now. */
    public long blockedUntil(String key) {
        long until = throttledUntil.getOrDefault(key, 0L);
        if (until > 0 && until <= System.currentTimeMillis()) {
            throttledUntil.remove(key, until);
            return 0;
        }
        return until;
    }

    public boolean isRevoked(String tokenId) {
        return revoked.containsKey(tokenId);
    }
}
