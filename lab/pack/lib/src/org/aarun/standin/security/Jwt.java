package org.aarun.standin.security;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Base64;
import java.util.Map;
import org.aarun.standin.json.Json;

/** Self-contained tokens: signed with the primary key, verified with a public key. */
public final class Jwt {
    private Jwt() {
    }

    public static String sign(Map<String, Object> claims, PrivateKey key) throws GeneralSecurityException {
        String body = encode(Json.write(Json.of("alg", "RS256", "typ", "JWT")).getBytes(StandardCharsets.UTF_8)) + "."
            + encode(Json.write(claims).getBytes(StandardCharsets.UTF_8));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(key);
        signature.update(body.getBytes(StandardCharsets.UTF_8));
        return body + "." + encode(signature.sign());
    }

    /** The claims, or null when the signature does not match or the token has expired. */
    public static Map<String, Object> verify(String token, PublicKey key) {
        try {
            int dot = token.lastIndexOf('.');
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initVerify(key);
            signature.update(token.substring(0, dot).getBytes(StandardCharsets.UTF_8));
            if (!signature.verify(Base64.getUrlDecoder().decode(token.substring(dot + 1)))) {
                return null;
            }
            Map<String, Object> claims = claims(token);
            return ((Number) claims.get("exp")).longValue() * 1000 > System.currentTimeMillis() ? claims : null;
        } catch (GeneralSecurityException | RuntimeException malformed) {
            return null;
        }
    }

    public static Map<String, Object> claims(String token) {
        String body = token.split("\\.")[1];
        return Json.object(new String(Base64.getUrlDecoder().decode(body), StandardCharsets.UTF_8));
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
