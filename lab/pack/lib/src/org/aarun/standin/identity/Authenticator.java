package org.aarun.standin.identity;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
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

    /** The same action, for callers who are known; those with a token need one with one of these scopes. */
    public Router.Action known(Router.Action action, String... scopes) {
        return (request, path) -> {
            if (user(request) == null) {
                return refused();
            }
            Map<String, Object> claims = claims(request);
            return claims == null || allows(claims, scopes) ? action.handle(request, path)
                : Response.error(401, "Unauthorized", "Unauthenticated request: the token has none of the scopes " + String.join(", ", scopes));
        };
    }

    private static boolean allows(Map<String, Object> claims, String... scopes) {
        List<String> granted = List.of(String.valueOf(claims.get("scope")).split(" "));
        return scopes.length == 0 || Arrays.stream(scopes).anyMatch(granted::contains);
    }

    public String user(Request request) throws SQLException {
        if (isBearer(request)) {
            Map<String, Object> claims = claims(request);
            return claims == null ? null : String.valueOf(claims.get("sub"));
        }
        String[] pair = basic(request);
        return pair != null && users.authenticate(pair[0], pair[1]) ? pair[0] : null;
    }

    private static boolean isBearer(Request request) {
        String header = request.header("Authorization");
        return header != null && header.regionMatches(true, 0, "Bearer ", 0, 7);
    }

    private Map<String, Object> claims(Request request) throws SQLException {
        return isBearer(request) ? tokens.active(request.header("Authorization").substring(7).trim()) : null;
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
