package org.aarun.standin.gateway;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.aarun.standin.data.Db;
import org.aarun.standin.json.Json;
import org.aarun.standin.log.Log;

/**
 * Which keys may call which APIs, and with which policies. From 3.2 on a gateway reads this once, when it starts, and later
 * believes what events tell it: what a lost event would have told it learns at its next start. Before, it believes what the
 * token says that is shown: one that was issued before the subscription knows nothing of it.
 */
public final class Subscriptions {
    private static final Log LOG = Log.of("org.wso2.carbon.apimgt.keymgt.model.impl.SubscriptionDataStoreImpl");
    private static final String ALL = "SELECT K.CONSUMER_KEY, A.UUID AS APPLICATION, A.APPLICATION_TIER, P.CONTEXT, S.TIER_ID FROM AM_APPLICATION A"
        + " LEFT JOIN AM_APPLICATION_KEY_MAPPING K ON K.APPLICATION_ID = A.APPLICATION_ID"
        + " LEFT JOIN AM_SUBSCRIPTION S ON S.APPLICATION_ID = A.APPLICATION_ID LEFT JOIN AM_API P ON P.API_ID = S.API_ID";

    private final Db apim;
    private final boolean inMemory;
    /** From consumer key to application, from application to its policy, from application and path to the subscription's. */
    private final Map<String, String> applications = new ConcurrentHashMap<>();
    private final Map<String, String> policies = new ConcurrentHashMap<>();
    private final Map<String, String> subscribed = new ConcurrentHashMap<>();

    public Subscriptions(Db apim, boolean inMemory) {
        this.apim = apim;
        this.inMemory = inMemory;
    }

    /** A subscription that a call makes use of. */
    static final class Access {
        final String application;
        final String applicationPolicy;
        final String policy;

        private Access(String application, String applicationPolicy, String policy) {
            this.application = application;
            this.applicationPolicy = applicationPolicy;
            this.policy = policy;
        }
    }

    public void load() {
        try {
            for (Map<String, String> row : apim.rows(ALL)) {
                policies.put(row.get("application"), row.get("application_tier"));
                if (row.get("consumer_key") != null) {
                    applications.put(row.get("consumer_key"), row.get("application"));
                }
                if (row.get("context") != null) {
                    subscribed.put(row.get("application") + " " + row.get("context"), row.get("tier_id"));
                }
            }
        } catch (SQLException e) {
            LOG.error("Error while loading subscriptions: " + e.getMessage());
        }
    }

    /** An event of the hub. */
    public void told(Map<String, Object> event) {
        String application = String.valueOf(event.get("application"));
        switch (String.valueOf(event.get("event"))) {
            case "APPLICATION_CREATE":
                policies.put(application, String.valueOf(event.get("policy")));
                break;
            case "APPLICATION_REGISTRATION_CREATE":
                applications.put(String.valueOf(event.get("consumerKey")), application);
                break;
            case "APPLICATION_DELETE":
                applications.values().remove(application);
                policies.remove(application);
                break;
            case "SUBSCRIPTIONS_CREATE":
                subscribed.put(application + " " + event.get("context"), String.valueOf(event.get("policy")));
                break;
            case "SUBSCRIPTIONS_DELETE":
                subscribed.remove(application + " " + event.get("context"));
                break;
            default:
                break;
        }
    }

    /** What a token of this key says of its subscriptions: nothing from 3.2 on. */
    public Map<String, Object> claims(String consumerKey) throws SQLException {
        List<Object> apis = new ArrayList<>();
        Map<String, Object> application = null;
        for (Map<String, String> row : inMemory ? List.<Map<String, String>>of() : apim.rows(ALL + " WHERE K.CONSUMER_KEY = ?", consumerKey)) {
            application = Json.of("uuid", row.get("application"), "tier", row.get("application_tier"));
            if (row.get("context") != null) {
                apis.add(Json.of("context", row.get("context"), "subscriptionTier", row.get("tier_id")));
            }
        }
        return application == null ? Map.of() : Json.of("application", application, "subscribedAPIs", apis);
    }

    /** The subscription by which the holder of this token may call the API that is served at this path, or null. */
    Access of(Map<String, Object> claims, String path) {
        if (!inMemory) {
            return told(claims, path);
        }
        String application = applications.get(String.valueOf(claims.get("azp")));
        String policy = application == null ? null : subscribed.get(application + " " + path);
        return policy == null ? null : new Access(application, policies.getOrDefault(application, ""), policy);
    }

    private static Access told(Map<String, Object> claims, String path) {
        Map<?, ?> application = claims.get("application") instanceof Map ? (Map<?, ?>) claims.get("application") : Map.of();
        for (Object item : claims.get("subscribedAPIs") instanceof List ? (List<?>) claims.get("subscribedAPIs") : List.of()) {
            Map<?, ?> api = (Map<?, ?>) item;
            if (Objects.equals(api.get("context"), path)) {
                return new Access(String.valueOf(application.get("uuid")), String.valueOf(application.get("tier")), String.valueOf(api.get("subscriptionTier")));
            }
        }
        return null;
    }
}
