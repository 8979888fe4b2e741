package org.aarun.standin.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Base64;
import java.util.Properties;
import javax.crypto.Cipher;
import org.aarun.standin.StartFailure;
import org.aarun.standin.conf.Configuration;
import org.aarun.standin.conf.PropertiesFile;

/** [secrets] with the internal key: RSA-OAEP, so each encryption of the same text differs. */
public final class SecretVault {
    private static final String TRANSFORMATION = "RSA/ECB/OAEPWithSHA1AndMGF1Padding";

    private final Properties secrets;
    private final PrivateKey key;

    private SecretVault(Properties secrets, PrivateKey key) {
        this.secrets = secrets;
        this.key = key;
    }

    /** Whether deployment.toml had secrets; only then is a password wanted at start. */
    public static boolean isUsed(Configuration configuration) throws IOException {
        return !secrets(configuration).isEmpty();
    }

    /** With the keystore that the cipher tool has noted. */
    public static SecretVault open(Configuration configuration, String password) throws IOException {
        PropertiesFile noted = new PropertiesFile(configuration.home.resolve("repository/conf/security/secret-conf.properties"), configuration.placeholders);
        String file = noted.text("keystore.identity.location");
        if (file.isEmpty()) {
            throw new StartFailure("org.wso2.carbon.securevault.SecretManagerInitializer", "secret-conf.properties cannot be found or names no keystore");
        }
        KeyStore store = Keystores.open(Keystores.path(configuration.home, file), noted.text("keystore.identity.type"), password);
        return new SecretVault(secrets(configuration), Keystores.key(store, file, noted.text("keystore.identity.alias"), password).key);
    }

    private static Properties secrets(Configuration configuration) throws IOException {
        return new PropertiesFile(configuration.home.resolve("repository/conf/security/cipher-text.properties"), configuration.placeholders).all();
    }

    public String read(String alias) {
        try {
            Cipher cipher = Cipher.getInstance(TRANSFORMATION);
            cipher.init(Cipher.DECRYPT_MODE, key);
            byte[] encrypted = Base64.getDecoder().decode(secrets.getProperty(alias, "").trim());
            return new String(cipher.doFinal(encrypted), StandardCharsets.UTF_8);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new StartFailure("org.wso2.carbon.securevault.SecretManagerInitializer",
                "Error decrypting the secret " + alias, e);
        }
    }

    static String encrypt(String plain, PublicKey key) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(TRANSFORMATION);
        cipher.init(Cipher.ENCRYPT_MODE, key);
        return Base64.getEncoder().encodeToString(cipher.doFinal(plain.getBytes(StandardCharsets.UTF_8)));
    }
}
