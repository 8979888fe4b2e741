package org.aarun.standin.identity;

import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.aarun.standin.data.Db;
import org.aarun.standin.json.Json;
import org.aarun.standin.security.Jwt;
import org.aarun.standin.security.KeyEntry;

/** Access tokens: signed by the primary key, their ids and states in apim_db. */
public final class Tokens {
    public static final int VALIDITY = 3600;

    private final Db apim;
    private final KeyEntry primary;
    private final String issuer;
    private final Claims claims;

    /** What tokens of this client say besides. */
    public interface Claims {
        Map<String, Object> of(String client) throws SQLException;
    }

    public Tokens(Db apim, KeyEntry primary, String issuer, Claims claims) {
        this.apim = apim;
        this.primary = primary;
        this.issuer = issuer;
        this.claims = claims;
    }

    public String issue(String user, String client, String scope) throws SQLException, GeneralSecurityException {
        String id = UUID.randomUUID().toString();
        long now = System.currentTimeMillis() / 1000;
        apim.update("INSERT INTO IDN_OAUTH2_ACCESS_TOKEN (TOKEN_ID, ACCESS_TOKEN, CONSUMER_KEY, AUTHZ_USER, TOKEN_STATE, VALIDITY_PERIOD)"
            + " VALUES (?, ?, ?, ?, 'ACTIVE', ?)", UUID.randomUUID().toString(), id, client, user, (long) VALIDITY);
        Map<String, Object> said = Json.of("sub", user, "aut", "APPLICATION", "aud", client, "azp", client, "scope", scope, "iss", issuer,
            "exp", now + VALIDITY, "iat", now, "jti", id);
        said.putAll(claims.of(client));
        return Jwt.sign(said, primary.key);
    }

    /** The claims of a token which is genuine, not expired and not revoked; else null. */
    Map<String, Object> active(String token) throws SQLException {
        Map<String, Object> claims = Jwt.verify(token, primary.chain[0].getPublicKey());
        if (claims == null) {
            return null;
        }
        Map<String, String> row = apim.row("SELECT TOKEN_STATE FROM IDN_OAUTH2_ACCESS_TOKEN WHERE ACCESS_TOKEN = ?", claims.get("jti"));
        return row != null && "ACTIVE".equals(row.get("token_state")) ? claims : null;
    }

    /** The ids of revoked tokens, which a gateway reads when it starts. */
    public List<String> revoked() throws SQLException {
        List<String> out = new ArrayList<>();
        apim.rows("SELECT SIGNATURE FROM AM_REVOKED_JWT").forEach(row -> out.add(row.get("signature")));
        return out;
    }

    /** Marks a token as revoked; its id, or null when it is none of ours. */
    String revoke(String token) throws SQLException {
        Map<String, Object> claims = active(token);
        if (claims == null) {
            return null;
        }
        String id = String.valueOf(claims.get("jti"));
        apim.update("INSERT INTO AM_REVOKED_JWT (UUID, SIGNATURE, EXPIRY_TIMESTAMP) VALUES (?, ?, ?)", UUID.randomUUID().toString(), id,
            ((Number) claims.get("exp")).longValue() * 1000);
        apim.update("UPDATE IDN_OAUTH2_ACCESS_TOKEN SET TOKEN_STATE = 'REVOKED' WHERE ACCESS_TOKEN = ?", id);
        return id;
    }
}
