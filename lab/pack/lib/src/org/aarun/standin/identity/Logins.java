package org.aarun.standin.identity;

import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Logins that go on, and the codes of those that have succeeded. They are in the memory of the node that began them: a
 * browser that is led to another one meanwhile has to begin anew.
 */
public final class Logins {
    private final UserStore users;
    private final Map<String, Login> begun = new ConcurrentHashMap<>();
    private final Map<String, Login> codes = new ConcurrentHashMap<>();

    public Logins(UserStore users) {
        this.users = users;
    }

    static final class Login {
        final String key = UUID.randomUUID().toString();
        final String nonce = UUID.randomUUID().toString();
        final String client;
        final String callback;
        final String scope;
        private String user;

        private Login(String client, String callback, String scope) {
            this.client = client;
            this.callback = callback;
            this.scope = scope;
        }

        String user() {
            return user;
        }

        String cookie() {
            return "sessionNonceCookie-" + key;
        }
    }

    Login begin(String client, String callback, String scope) {
        Login login = new Login(client, callback, scope);
        begun.put(login.key, login);
        return login;
    }

    Login find(String key) {
        return begun.get(key);
    }

    /** A code for the client of this login, or null: user or password are wrong. */
    String finish(Login login, String user, String password) throws SQLException {
        if (!users.authenticate(user, password)) {
            return null;
        }
        login.user = user;
        begun.remove(login.key);
        String code = UUID.randomUUID().toString();
        codes.put(code, login);
        return code;
    }

    /** The login that a code stands for, once; null for another client or callback. */
    Login redeem(String code, String client, String callback) {
        Login login = codes.get(code);
        return login != null && login.client.equals(client) && login.callback.equals(callback) && codes.remove(code) != null ? login : null;
    }
}
