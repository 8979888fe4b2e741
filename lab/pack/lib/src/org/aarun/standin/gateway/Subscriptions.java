package org.aarun.standin.gateway;

import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.aarun.standin.data.Db;
import org.aarun.standin.log.Log;

/**
 * Which keys may call which APIs. From 3.2 on a gateway reads this once, when it starts, and later believes what events tell
 * it: what a lost event would have told it learns at its next start. Before that, it asks the database.
 */
public final class Subscriptions {
    private static final Log LOG = Log.of("org.wso2.carbon.apimgt.keymgt.model.impl.SubscriptionDataStoreImpl");
    private static final String ALL = "SELECT K.CONSUMER_KEY, A.UUID AS APPLICATION, P.CONTEXT FROM AM_APPLICATION A"
        + " LEFT JOIN AM_APPLICATION_KEY_MAPPING K ON K.APPLICATION_ID = A.APPLICATION_ID"
        + " LEFT JOIN AM_SUBSCRIPTION S ON S.APPLICATION_ID = A.APPLICATION_ID LEFT JOIN AM_API P ON P.API_ID = S.API_ID";

    private final Db apim;
    private final boolean inMemory;
    private final Map<String, String> applications = new ConcurrentHashMap<>();
    private final Set<String> subscribed = ConcurrentHashMap.newKeySet();

    public Subscriptions(Db apim, boolean inMemory) {
        this.apim = apim;
        this.inMemory = inMemory;
    }

    public void load() {
        try {
            for (Map<String, String> row : apim.rows(ALL)) {
                if (row.get("consumer_key") != null) {
                    applications.put(row.get("consumer_key"), row.get("application"));
                }
                if (row.get("context") != null) {
                    subscribed.add(row.get("application") + " " + row.get("context"));
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
            case "APPLICATION_REGISTRATION_CREATE":
                applications.put(String.valueOf(event.get("consumerKey")), application);
                break;
            case "APPLICATION_DELETE":
                applications.values().remove(application);
                break;
            case "SUBSCRIPTIONS_CREATE":
                subscribed.add(application + " " + event.get("context"));
                break;
            case "SUBSCRIPTIONS_DELETE":
                subscribed.remove(application + " " + event.get("context"));
                break;
            default:
                break;
        }
    }

    /** Whether the key belongs to an application that has subscribed to the API served at this path. */
    boolean allows(String consumerKey, String path) {
        if (!inMemory) {
            applications.clear();
            subscribed.clear();
            load();
        }
        String application = applications.get(consumerKey);
        return application != null && subscribed.contains(application + " " + path);
    }
}
