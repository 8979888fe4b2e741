package org.aarun.standin.identity;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import org.aarun.standin.data.Db;
import org.aarun.standin.log.Log;

/** Users in shared_db. The admin account is written at the first start only; later the stored password counts. */
public final class UserStore {
    private static final Log LOG = Log.of("org.wso2.carbon.user.core.common.DefaultRealm");
    private static final int TENANT = -1234;

    private final Db shared;

    public UserStore(Db shared) {
        this.shared = shared;
    }

    public void createAdmin(String name, String password) {
        try {
            if (find(name) != null) {
                return;
            }
            String salt = random();
            String id = UUID.randomUUID().toString();
            shared.update("INSERT INTO UM_USER (UM_USER_ID, UM_USER_NAME, UM_USER_PASSWORD, UM_SALT_VALUE, UM_TENANT_ID)"
                + " VALUES (?, ?, ?, ?, ?)", id, name, hash(password, salt), salt, TENANT);
            LOG.info("The admin user " + name + " is added to the user store");
        } catch (SQLException e) {
            LOG.error("Error while adding the admin user: " + e.getMessage(), e);
        }
    }

    public boolean authenticate(String name, String password) throws SQLException {
        Map<String, String> user = find(name);
        return user != null && MessageDigest.isEqual(
            hash(password, user.get("um_salt_value")).getBytes(StandardCharsets.UTF_8),
            user.get("um_user_password").getBytes(StandardCharsets.UTF_8));
    }

    private Map<String, String> find(String name) throws SQLException {
        return shared.row("SELECT UM_USER_PASSWORD, UM_SALT_VALUE FROM UM_USER WHERE UM_USER_NAME = ? AND UM_TENANT_ID = ?", name, TENANT);
    }

    private static String random() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String hash(String password, String salt) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest((password + salt).getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
