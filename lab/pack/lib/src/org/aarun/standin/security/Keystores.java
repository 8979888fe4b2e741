package org.aarun.standin.security;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import org.aarun.standin.StartFailure;
import org.aarun.standin.conf.XmlConf;

/** Opens the keystores that the rendered files name, with Java's message for each way to fail. */
public final class Keystores {
    private static final String LOGGER = "org.wso2.carbon.core.util.KeyStoreManager";
    private static final String WRONG_PASSWORD = "Keystore was tampered with, or password was incorrect";

    private Keystores() {
    }

    /** The key of a <KeyStore> or <InternalKeyStore>. */
    public static KeyEntry key(Path home, XmlConf store) {
        return key(open(path(home, store.text("Location")), store.text("Type"), store.text("Password")),
            store.text("Location"), store.text("KeyAlias"), store.text("KeyPassword"));
    }

    /** The key of Tomcat's <Certificate>. */
    public static KeyEntry certificate(Path home, XmlConf certificate) {
        String file = certificate.attribute("certificateKeystoreFile");
        KeyStore store = open(path(home, file), certificate.attribute("certificateKeystoreType"), certificate.attribute("certificateKeystorePassword"));
        return key(store, file, certificate.attribute("certificateKeyAlias"), certificate.attribute("certificateKeyPassword"));
    }

    public static KeyStore trusted(Path home, XmlConf store) {
        return open(path(home, store.text("Location")), store.text("Type"), store.text("Password"));
    }

    public static KeyEntry key(KeyStore store, String file, String alias, String keyPassword) {
        try {
            if (!store.isKeyEntry(alias)) {
                throw new StartFailure(LOGGER, "The alias " + alias + " does not exist in the keystore " + file);
            }
            return new KeyEntry((PrivateKey) store.getKey(alias, keyPassword.toCharArray()), store.getCertificateChain(alias));
        } catch (GeneralSecurityException e) {
            throw new StartFailure(LOGGER, "Cannot recover key " + alias + " of the keystore " + file, e);
        }
    }

    /** Java reads JKS where PKCS12 is asked for, and the other way round, unless keystore.type.compat is off. */
    public static KeyStore open(Path path, String type, String password) {
        if (!Files.isRegularFile(path)) {
            throw new StartFailure(LOGGER, "KeyStore File " + path + " not found");
        }
        try (InputStream in = Files.newInputStream(path)) {
            KeyStore store = KeyStore.getInstance(type);
            store.load(in, password.toCharArray());
            return store;
        } catch (IOException e) {
            boolean refused = String.valueOf(e.getMessage()).toLowerCase().contains("password");
            throw new StartFailure(LOGGER, refused ? WRONG_PASSWORD : "Invalid keystore format of " + path, e);
        } catch (GeneralSecurityException e) {
            throw new StartFailure(LOGGER, "Invalid keystore format of " + path, e);
        }
    }

    static Path path(Path home, String location) {
        return home.resolve(location.replace("${carbon.home}", home.toString())).normalize();
    }
}
