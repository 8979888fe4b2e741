package org.aarun.standin.security;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.aarun.standin.StartFailure;
import org.aarun.standin.config.Config;
import org.aarun.standin.config.ConfigLoader;
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
            System.err.println("org.wso2.ciphertool.exception.CipherToolException: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void configure(Path home) throws Exception {
        Path toml = home.resolve("repository/conf/deployment.toml");
        TomlDocument document = ConfigLoader.parse(toml);
        Map<String, Object> secrets = new Config(document.root, s -> s).table("secrets");
        Config keystore = internalKeystore(document);
        String password = password();
        KeyEntry entry = new Keystores(home, keystore).key("internal", password, password);
        Map<String, String> encrypted = new TreeMap<>();
        for (Map.Entry<String, Object> secret : secrets.entrySet()) {
            String value = secret.getValue().toString();
            boolean plain = value.matches("(?s)\\[.*]");
            encrypted.put(secret.getKey(), plain
                ? SecretVault.encrypt(value.substring(1, value.length() - 1), entry.chain[0].getPublicKey()) : value);
        }
        writeSecretConfiguration(home, keystore);
        rewrite(toml, encrypted);
        System.out.println("Deployment configuration file is updated with the encrypted values (stand-in)");
    }

    /** [keystore.internal], else [keystore.primary], else what ships. */
    private static Config internalKeystore(TomlDocument document) {
        Config written = new Config(document.root, s -> s);
        Map<String, Object> internal = new TreeMap<>();
        String[][] shipped = {{"file_name", "wso2carbon.jks"}, {"type", "JKS"}, {"alias", "wso2carbon"}};
        for (String[] pair : shipped) {
            String primary = written.text("keystore.primary." + pair[0], pair[1]);
            String value = written.text("keystore.internal." + pair[0], primary);
            internal.put(pair[0], value.startsWith("$ref{") ? primary : value);
        }
        return new Config(Map.of("keystore", Map.of("internal", internal)), s -> s);
    }

    private static String password() throws IOException {
        String given = System.getProperty("password");
        if (given != null) {
            return given;
        }
        System.out.println("[Please Enter Primary KeyStore Password of Carbon Server : ]");
        if (System.console() != null) {
            return new String(System.console().readPassword());
        }
        String line = new BufferedReader(new InputStreamReader(System.in)).readLine();
        if (line == null) {
            throw new StartFailure("", "KeyStore password can not be null");
        }
        return line;
    }

    private static void writeSecretConfiguration(Path home, Config keystore) throws IOException {
        Path file = home.resolve("repository/conf/security/secret-conf.properties");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "secretRepositories=file\nkeystore.identity.location=repository/resources/security/"
            + keystore.text("keystore.internal.file_name") + "\nkeystore.identity.alias="
            + keystore.text("keystore.internal.alias") + "\n");
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
