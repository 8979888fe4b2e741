package org.aarun.standin.identity;

import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import org.aarun.standin.data.Db;

/** OAuth clients and their service providers. */
public final class Clients {
    private final Db apim;

    public Clients(Db apim) {
        this.apim = apim;
    }

    /** An application with this name was registered by someone else in the meantime. */
    public static final class Exists extends Exception {
        private static final long serialVersionUID = 1;

        Exists(String name) {
            super("An application with name: '" + name + "' already exists");
        }
    }

    /** What the loser of a race does to tidy up: it takes the winner's client away. */
    void forget(String name) throws SQLException {
        apim.update("DELETE FROM IDN_OAUTH_CONSUMER_APPS WHERE APP_NAME = ?", name);
    }

    Map<String, String> byName(String name) throws SQLException {
        return apim.row("SELECT CONSUMER_KEY, CONSUMER_SECRET, CALLBACK_URL FROM IDN_OAUTH_CONSUMER_APPS WHERE APP_NAME = ?", name);
    }

    Map<String, String> byKey(String key) throws SQLException {
        return apim.row("SELECT CONSUMER_KEY, CONSUMER_SECRET, CALLBACK_URL, USERNAME FROM IDN_OAUTH_CONSUMER_APPS WHERE CONSUMER_KEY = ?", key);
    }

    /** The service provider first, then the OAuth client: two steps, as in the product, which is what makes the race. */
    public Map<String, String> register(String name, String owner, String callback, String grants) throws SQLException, Exists {
        try {
            apim.update("INSERT INTO SP_APP (TENANT_ID, APP_NAME, USERNAME, DESCRIPTION) VALUES (-1234, ?, ?, 'stand-in')", name, owner);
        } catch (SQLException e) {
            if (Db.isDuplicate(e)) {
                throw new Exists(name);
            }
            throw e;
        }
        String key = UUID.randomUUID().toString().replace("-", "").substring(0, 28);
        String secret = UUID.randomUUID().toString().replace("-", "").substring(0, 28);
        apim.update("INSERT INTO IDN_OAUTH_CONSUMER_APPS (CONSUMER_KEY, CONSUMER_SECRET, USERNAME, TENANT_ID, APP_NAME, CALLBACK_URL, GRANT_TYPES)"
            + " VALUES (?, ?, ?, -1234, ?, ?, ?)", key, secret, owner, name, callback, grants);
        return byKey(key);
    }
}
