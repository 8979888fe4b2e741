package org.aarun.standin.security;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Cipher;
import org.aarun.standin.StartFailure;

/** [secrets] with the internal key: RSA-OAEP, so each encryption of the same text differs. */
public final class SecretVault {
    private static final String TRANSFORMATION = "RSA/ECB/OAEPWithSHA1AndMGF1Padding";

    private final Map<String, Object> secrets;
    private final PrivateKey key;

    public SecretVault(Map<String, Object> secrets, PrivateKey key) {
        this.secrets = secrets;
        this.key = key;
    }

    public String read(String alias) {
        try {
            Cipher cipher = Cipher.getInstance(TRANSFORMATION);
            cipher.init(Cipher.DECRYPT_MODE, key);
            byte[] encrypted = Base64.getDecoder().decode(String.valueOf(secrets.get(alias)).trim());
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
