package org.aarun.standin.security;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import org.aarun.standin.StartFailure;
import org.aarun.standin.config.Config;

/** Opens the keystores that deployment.toml names, with the product's message for each way to fail. */
public final class Keystores {
    private static final String LOGGER = "org.wso2.carbon.core.util.KeyStoreManager";
    private static final String WRONG_PASSWORD = "Keystore was tampered with, or password was incorrect";

    private final Path home;
    private final Config config;

    public Keystores(Path home, Config config) {
        this.home = home;
        this.config = config;
    }

    /** The key of [keystore.tls], [keystore.primary] or [keystore.internal]. */
    public KeyEntry key(String use) {
        return key(use, config.text("keystore." + use + ".password"), config.text("keystore." + use + ".key_password"));
    }

    /** The same with passwords from elsewhere, as for the internal keystore before the secrets can be read. */
    public KeyEntry key(String use, String password, String keyPassword) {
        String file = config.text("keystore." + use + ".file_name");
        String alias = config.text("keystore." + use + ".alias");
        KeyStore store = open(file, config.text("keystore." + use + ".type"), password);
        try {
            if (!store.isKeyEntry(alias)) {
                throw new StartFailure(LOGGER, "The alias " + alias + " does not exist in the keystore " + file);
            }
            return new KeyEntry((PrivateKey) store.getKey(alias, keyPassword.toCharArray()), store.getCertificateChain(alias));
        } catch (GeneralSecurityException e) {
            throw new StartFailure(LOGGER, "Cannot recover key " + alias + " of the keystore " + file, e);
        }
    }

    public KeyStore truststore() {
        return open(config.text("truststore.file_name"), config.text("truststore.type"), config.text("truststore.password"));
    }

    private KeyStore open(String file, String type, String password) {
        Path path = home.resolve("repository/resources/security").resolve(file);
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
}
