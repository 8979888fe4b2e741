package org.aarun.standin.security;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.aarun.standin.StartFailure;
import org.aarun.standin.Version;
import org.aarun.standin.mapper.Mapper;
import org.aarun.standin.toml.TomlDocument;

/**
 * bin/ciphertool.sh -Dconfigure: encrypts the "[plain]" values of [secrets] in place. It keeps the product's defect: the
 * file is opened for writing first, and a line after [secrets] that is no known alias ends in a NullPointerException.
 */
public final class CipherTool {
    private CipherTool() {
    }

    public static void main(String[] args) throws Exception {
        if (System.getProperty("configure") == null) {
            System.out.println("Usage: ciphertool.sh -Dconfigure [-Dpassword=<internal keystore password>]  (stand-in)");
            return;
        }
        try {
            configure(Path.of(System.getProperty("carbon.home")));
        } catch (StartFailure e) {
            System.err.println("Exception in thread \"main\" org.wso2.ciphertool.exception.CipherToolException: " + e.getMessage());
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                System.err.println("Caused by: " + cause);
            }
            System.exit(1);
        }
    }

    private static void configure(Path home) throws Exception {
        Path toml = home.resolve("repository/conf/deployment.toml");
        TomlDocument document = Mapper.parse(toml);
        CipherKeystore keystore = CipherKeystore.find(home, document, Version.of(Path.of(System.getProperty("standin.home"))));
        System.out.println("\nEncrypting using " + keystore.use + " KeyStore.\n{type: " + keystore.type + ", alias: " + keystore.alias
            + ", path: " + keystore.path + "}\n");
        Certificate certificate = keystore.certificate(password(keystore.use));
        System.out.println("\n" + keystore.use + " KeyStore of Carbon Server is initialized Successfully\n");
        Map<String, String> encrypted = new TreeMap<>();
        for (Map.Entry<?, ?> secret : secrets(document).entrySet()) {
            String value = secret.getValue().toString();
            boolean plain = value.matches("(?s)\\[.*]");
            encrypted.put(secret.getKey().toString(), plain
                ? SecretVault.encrypt(value.substring(1, value.length() - 1), certificate.getPublicKey()) : value);
        }
        writeSecretConfiguration(home, keystore);
        rewrite(toml, encrypted);
        System.out.println("Deployment configuration file is updated with the encrypted values (stand-in)");
    }

    private static Map<?, ?> secrets(TomlDocument document) {
        Object secrets = document.root.get("secrets");
        return secrets instanceof Map ? (Map<?, ?>) secrets : Map.of();
    }

    private static String password(String use) throws IOException {
        String given = System.getProperty("password");
        if (given != null) {
            return given;
        }
        System.out.println("[Please Enter " + use + " KeyStore Password of Carbon Server : ]");
        if (System.console() != null) {
            return new String(System.console().readPassword());
        }
        String line = new BufferedReader(new InputStreamReader(System.in)).readLine();
        if (line == null) {
            throw new StartFailure("", "KeyStore password can not be null");
        }
        return line;
    }

    private static void writeSecretConfiguration(Path home, CipherKeystore keystore) throws IOException {
        Path file = home.resolve("repository/conf/security/secret-conf.properties");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "secretRepositories=file\nkeystore.identity.location=" + keystore.location + "\nkeystore.identity.type="
            + keystore.type + "\nkeystore.identity.alias=" + keystore.alias + "\n");
        System.out.println("Secret Configurations are written to the property file successfully");
    }

    private static void rewrite(Path toml, Map<String, String> encrypted) throws IOException {
        List<String> lines = Files.readAllLines(toml);
        try (Writer out = Files.newBufferedWriter(toml)) {
            boolean inSecrets = false;
            for (String line : lines) {
                if (inSecrets && !line.trim().isEmpty()) {
                    String alias = line.split("=")[0].trim().replaceAll("^[\"']|[\"']$", "");
                    out.write(alias.concat(" = \"").concat(encrypted.get(alias).concat("\"\n")));
                } else {
                    out.write(line + "\n");
                }
                inSecrets |= line.trim().equals("[secrets]");
            }
        }
    }
}
