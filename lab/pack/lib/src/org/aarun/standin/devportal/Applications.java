package org.aarun.standin.devportal;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.aarun.standin.data.Db;

/** Applications, their keys and their subscriptions in apim_db. */
final class Applications {
    private static final String SELECT = "SELECT A.APPLICATION_ID, A.UUID, A.NAME, A.APPLICATION_TIER FROM AM_APPLICATION A"
        + " JOIN AM_SUBSCRIBER S ON S.SUBSCRIBER_ID = A.SUBSCRIBER_ID WHERE S.USER_ID = ?";
    private static final String SUBSCRIPTIONS = "SELECT S.UUID, S.TIER_ID, A.UUID AS APPLICATION, P.API_UUID, P.CONTEXT FROM AM_SUBSCRIPTION S"
        + " JOIN AM_APPLICATION A ON A.APPLICATION_ID = S.APPLICATION_ID JOIN AM_API P ON P.API_ID = S.API_ID";

    private final Db apim;

    Applications(Db apim) {
        this.apim = apim;
    }

    List<Map<String, String>> of(String user) throws SQLException {
        return apim.rows(SELECT + " ORDER BY A.NAME", user);
    }

    Map<String, String> find(String user, String id) throws SQLException {
        return apim.row(SELECT + " AND A.UUID = ?", user, id);
    }

    String create(String user, String name, String tier) throws SQLException {
        if (apim.row("SELECT USER_ID FROM AM_SUBSCRIBER WHERE USER_ID = ? AND TENANT_ID = -1234", user) == null) {
            apim.update("INSERT INTO AM_SUBSCRIBER (USER_ID, TENANT_ID) VALUES (?, -1234)", user);
        }
        String id = UUID.randomUUID().toString();
        apim.update("INSERT INTO AM_APPLICATION (NAME, SUBSCRIBER_ID, APPLICATION_TIER, UUID, TOKEN_TYPE)"
            + " SELECT ?, SUBSCRIBER_ID, ?, ?, 'JWT' FROM AM_SUBSCRIBER WHERE USER_ID = ? AND TENANT_ID = -1234", name, tier, id, user);
        return id;
    }

    void delete(Map<String, String> application) throws SQLException {
        Integer id = Integer.valueOf(application.get("application_id"));
        for (String table : new String[] {"AM_SUBSCRIPTION", "AM_APPLICATION_KEY_MAPPING", "AM_APPLICATION"}) {
            apim.update("DELETE FROM " + table + " WHERE APPLICATION_ID = ?", id);
        }
    }

    Map<String, String> key(Map<String, String> application, String type) throws SQLException {
        return apim.row("SELECT UUID, CONSUMER_KEY FROM AM_APPLICATION_KEY_MAPPING WHERE APPLICATION_ID = ? AND KEY_TYPE = ?",
            Integer.valueOf(application.get("application_id")), type);
    }

    String addKey(Map<String, String> application, String consumerKey, String type) throws SQLException {
        String id = UUID.randomUUID().toString();
        apim.update("INSERT INTO AM_APPLICATION_KEY_MAPPING (UUID, APPLICATION_ID, CONSUMER_KEY, KEY_TYPE, STATE) VALUES (?, ?, ?, ?, 'COMPLETED')",
            id, Integer.valueOf(application.get("application_id")), consumerKey, type);
        return id;
    }

    Map<String, String> api(String id) throws SQLException {
        return apim.row("SELECT API_ID, CONTEXT, STATUS, DEFINITION FROM AM_API WHERE API_UUID = ?", id);
    }

    String subscribe(Map<String, String> application, Map<String, String> api, String tier) throws SQLException {
        String id = UUID.randomUUID().toString();
        apim.update("INSERT INTO AM_SUBSCRIPTION (TIER_ID, API_ID, APPLICATION_ID, SUB_STATUS, UUID) VALUES (?, ?, ?, 'UNBLOCKED', ?)",
            tier, Integer.valueOf(api.get("api_id")), Integer.valueOf(application.get("application_id")), id);
        return id;
    }

    List<Map<String, String>> subscriptions() throws SQLException {
        return apim.rows(SUBSCRIPTIONS);
    }

    Map<String, String> subscription(String id) throws SQLException {
        return apim.row(SUBSCRIPTIONS + " WHERE S.UUID = ?", id);
    }

    void unsubscribe(String id) throws SQLException {
        apim.update("DELETE FROM AM_SUBSCRIPTION WHERE UUID = ?", id);
    }
}
