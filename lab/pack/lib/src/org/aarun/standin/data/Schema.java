package org.aarun.standin.data;

import java.sql.SQLException;
import org.aarun.standin.log.Log;

/** Looks for the tables without which the server can't work, and logs the database's own error for a missing one. */
final class Schema {
    static final String[] APIM = {"AM_API", "AM_SYSTEM_APPS", "AM_POLICY_APPLICATION", "AM_API_THROTTLE_POLICY", "AM_APPLICATION", "AM_APPLICATION_KEY_MAPPING", "AM_SUBSCRIPTION", "AM_REVOKED_JWT",
        "AM_GW_API_ARTIFACTS", "AM_GW_API_DEPLOYMENTS", "AM_REVISION", "IDN_OAUTH_CONSUMER_APPS", "IDN_OAUTH2_ACCESS_TOKEN", "SP_APP"};
    static final String[] SHARED = {"UM_USER", "UM_ROLE", "UM_USER_ROLE", "UM_PERMISSION", "UM_TENANT", "REG_RESOURCE", "REG_LOG"};
    private static final Log LOG = Log.of("org.wso2.carbon.apimgt.impl.utils.APIMgtDBUtil");

    private Schema() {
    }

    static void check(Db db, String[] tables) {
        for (String table : tables) {
            try {
                db.rows("SELECT * FROM " + table + " WHERE 1 = 0");
            } catch (SQLException e) {
                if (db.isBroken()) {
                    return;
                }
                LOG.error("Error while executing SQL on " + db.name + ": " + e.getMessage(), e);
                if (e.getSQLState() == null || !e.getSQLState().startsWith("42")) {
                    return;
                }
            }
        }
    }
}
