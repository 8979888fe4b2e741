package org.aarun.standin.identity;

import java.sql.SQLException;
import java.util.Map;
import java.util.function.Consumer;
import org.aarun.standin.json.Json;
import org.aarun.standin.web.Request;
import org.aarun.standin.web.Response;
import org.aarun.standin.web.RestPaths;
import org.aarun.standin.web.Router;

/** Client registration, tokens and their revocation. */
public final class OAuthApi {
    private final UserStore users;
    private final Clients clients;
    private final Tokens tokens;
    private final Logins logins;
    private final Consumer<String> onRevoked;

    public OAuthApi(UserStore users, Clients clients, Tokens tokens, Logins logins, Consumer<String> onRevoked) {
        this.users = users;
        this.clients = clients;
        this.tokens = tokens;
        this.logins = logins;
        this.onRevoked = onRevoked;
    }

    public void mount(Router router, RestPaths paths, Authenticator authenticator) {
        router.on("POST", paths.registration, authenticator.known((request, path) -> register(request)));
        router.on("POST", "/oauth2/token", (request, path) -> token(request));
        router.on("POST", "/oauth2/revoke", (request, path) -> revoke(request));
    }

    private Response register(Request request) throws Exception {
        Map<String, Object> body = request.json();
        String owner = String.valueOf(body.getOrDefault("owner", "admin"));
        String name = owner + "_" + body.getOrDefault("clientName", "client");
        Map<String, String> client = clients.byName(name);
        if (client == null) {
            client = clients.register(name, owner, String.valueOf(body.getOrDefault("callbackUrl", "")),
                String.valueOf(body.getOrDefault("grantType", "password client_credentials")));
        }
        return Response.json(200, Json.of("clientId", client.get("consumer_key"), "clientName", name, "callBackURL",
            client.get("callback_url"), "clientSecret", client.get("consumer_secret"), "isSaasApplication", true, "appOwner", owner));
    }

    private Response token(Request request) throws Exception {
        Map<String, String> client = client(request);
        if (client == null) {
            return oauthError(401, "invalid_client", "Client Authentication failed.");
        }
        Map<String, String> form = request.form();
        String grant = form.getOrDefault("grant_type", "");
        String scope = form.getOrDefault("scope", "default");
        String user = client.get("username");
        if (grant.equals("password")) {
            user = form.getOrDefault("username", "");
            if (!users.authenticate(user, form.getOrDefault("password", ""))) {
                return oauthError(400, "invalid_grant", "Authentication failed for " + user);
            }
        } else if (grant.equals("authorization_code")) {
            Logins.Login login = logins.redeem(form.getOrDefault("code", ""), client.get("consumer_key"), form.getOrDefault("redirect_uri", ""));
            if (login == null) {
                return oauthError(400, "invalid_grant", "Invalid authorization code received from token request");
            }
            user = login.user();
            scope = login.scope;
        } else if (!grant.equals("client_credentials")) {
            return oauthError(400, "unsupported_grant_type", "Unsupported grant_type value");
        }
        String token = tokens.issue(user, client.get("consumer_key"), scope);
        return Response.json(200, Json.of("access_token", token, "scope", scope, "token_type", "Bearer", "expires_in", Tokens.VALIDITY));
    }

    private Response revoke(Request request) throws SQLException {
        if (client(request) == null) {
            return oauthError(401, "invalid_client", "Client Authentication failed.");
        }
        String id = tokens.revoke(request.form().getOrDefault("token", ""));
        if (id != null) {
            onRevoked.accept(id);
        }
        return Response.of(200, "text/html", "");
    }

    private Map<String, String> client(Request request) throws SQLException {
        String[] pair = Authenticator.basic(request);
        Map<String, String> client = pair == null ? null : clients.byKey(pair[0]);
        return client != null && client.get("consumer_secret").equals(pair[1]) ? client : null;
    }

    private static Response oauthError(int status, String error, String description) {
        return Response.json(status, Json.of("error_description", description, "error", error));
    }
}
