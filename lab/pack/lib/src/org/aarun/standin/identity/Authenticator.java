package org.aarun.standin.identity;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Map;
import org.aarun.standin.web.Request;
import org.aarun.standin.web.Response;
import org.aarun.standin.web.Router;

/** Who calls: basic authentication of a user, or a bearer token that is still active. */
public final class Authenticator {
    private final UserStore users;
    private final Tokens tokens;

    public Authenticator(UserStore users, Tokens tokens) {
        this.users = users;
        this.tokens = tokens;
    }

    /** The same action, for callers who are known. */
    public Router.Action known(Router.Action action) {
        return (request, path) -> user(request) == null ? refused() : action.handle(request, path);
    }

    public String user(Request request) throws SQLException {
        String header = request.header("Authorization");
        if (header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)) {
            Map<String, Object> claims = tokens.active(header.substring(7).trim());
            return claims == null ? null : String.valueOf(claims.get("sub"));
        }
        String[] pair = basic(request);
        return pair != null && users.authenticate(pair[0], pair[1]) ? pair[0] : null;
    }

    /** User and password of an Authorization: Basic header, or null. */
    static String[] basic(Request request) {
        String header = request.header("Authorization");
        if (header == null || !header.regionMatches(true, 0, "Basic ", 0, 6)) {
            return null;
        }
        String decoded = new String(Base64.getDecoder().decode(header.substring(6).trim()), StandardCharsets.UTF_8);
        int colon = decoded.indexOf(':');
        return colon < 0 ? null : new String[] {decoded.substring(0, colon), decoded.substring(colon + 1)};
    }

    static Response refused() {
        return Response.error(401, "Unauthorized", "Unauthenticated request").with("WWW-Authenticate", "Basic realm=\"WSO2 API Manager\"");
    }
}
