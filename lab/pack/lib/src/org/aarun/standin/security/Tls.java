package org.aarun.standin.security;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Set;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.aarun.standin.StartFailure;

/** TLS contexts: listeners present the tls key, clients trust what the truststore holds. */
public final class Tls {
    public final SSLContext server;
    public final SSLContext client;
    /** Asked only when the certificate does not name the host. */
    public final HostnameVerifier hostNames;

    public Tls(KeyEntry key, KeyStore truststore, String rule) {
        try {
            server = serverContext(key);
            client = clientContext(truststore);
        } catch (GeneralSecurityException | java.io.IOException e) {
            throw new StartFailure("org.wso2.carbon.core.util.KeyStoreManager", "Error initializing the SSL context", e);
        }
        hostNames = (host, session) -> rule.equals("AllowAll")
            || rule.equals("DefaultAndLocalhost") && Set.of("localhost", "127.0.0.1", "localhost.localdomain").contains(host);
    }

    private static SSLContext serverContext(KeyEntry key) throws GeneralSecurityException, java.io.IOException {
        char[] password = "in-memory".toCharArray();
        KeyStore only = KeyStore.getInstance("PKCS12");
        only.load(null, password);
        only.setKeyEntry("tls", key.key, password, key.chain);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(only, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private static SSLContext clientContext(KeyStore truststore) throws GeneralSecurityException {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(truststore);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
