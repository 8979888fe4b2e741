package org.aarun.standin.gateway;

import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.util.Map;
import org.aarun.standin.log.Log;
import org.aarun.standin.security.Jwt;
import org.aarun.standin.throttle.Decisions;

/** The gateway trusts tokens that were signed with the key behind gateway_certificate_alias, unless it heard of a revocation. */
public final class TokenCheck {
    private static final String ALIAS = "gateway_certificate_alias";
    private static final Log LOG = Log.of("org.wso2.carbon.apimgt.gateway.handlers.security.jwt.JWTValidator");

    private final Certificate certificate;
    private final Decisions decisions;

    public TokenCheck(KeyStore truststore, Decisions decisions) throws KeyStoreException {
        this.certificate = truststore.getCertificate(ALIAS);
        this.decisions = decisions;
        warnIfMissing();
    }

    /** What the token says; null when it is not accepted. */
    Map<String, Object> claims(String token) {
        if (certificate == null) {
            warnIfMissing();
            return null;
        }
        Map<String, Object> claims = Jwt.verify(token, certificate.getPublicKey());
        if (claims == null) {
            LOG.error("Invalid JWT token. Signature verification failed.");
            return null;
        }
        return decisions.isRevoked(String.valueOf(claims.get("jti"))) ? null : claims;
    }

    private void warnIfMissing() {
        if (certificate == null) {
            LOG.error("Couldn't find a public certificate to verify signature with alias " + ALIAS);
        }
    }
}
