package org.aarun.standin.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.aarun.standin.Ports;
import org.aarun.standin.StartFailure;
import org.aarun.standin.Version;
import org.aarun.standin.toml.TomlDocument;
import org.aarun.standin.toml.TomlError;
import org.aarun.standin.toml.TomlReader;

/** deployment.toml, then defaults, then references: what the product's config mapper does before rendering. */
public final class ConfigLoader {
    private static final String LOGGER = "org.wso2.config.mapper.ConfigParser";

    public final Config config;
    public final Map<String, Object> secrets;
    public final Map<String, String> outside;
    public final Ports ports;
    private Function<String, String> secretReader = alias -> "$secret{" + alias + "}";

    public ConfigLoader(Path home, Version version) throws IOException {
        TomlDocument document = parse(home.resolve("repository/conf/deployment.toml"));
        Defaults.fill(document.root, home.resolve("repository/resources/conf/default.json"));
        secrets = new Config(document.root, s -> s).table("secrets");
        outside = new References(document.root, version, secretsLast(document.headers)).outside;
        config = new Config(document.root, this::onRead);
        String offset = System.getProperty("portOffset", config.text("server.offset", "0"));
        ports = new Ports(Integer.parseInt(offset.trim()));
    }

    public static TomlDocument parse(Path file) {
        try {
            return TomlReader.read(Files.readString(file));
        } catch (TomlError | IOException e) {
            throw new StartFailure(LOGGER, "Error parsing deployment configuration", e);
        }
    }

    /** From now on $secret{} gives the decrypted value. */
    public void readSecretsWith(Function<String, String> reader) {
        this.secretReader = reader;
    }

    /** The product's tools lose whatever comes after [secrets], so a table there leaves the aliases unresolved. */
    private static boolean secretsLast(List<String> headers) {
        return !headers.contains("secrets") || headers.indexOf("secrets") == headers.size() - 1;
    }

    private String onRead(String value) {
        if (value.matches("\\$secret\\{[^}]*}")) {
            return secretReader.apply(value.substring("$secret{".length(), value.length() - 1));
        }
        return value.contains("${") ? runtime(value) : value;
    }

    /** Placeholders that Carbon resolves when it runs, and which therefore also work inside arrays of tables. */
    private String runtime(String value) {
        String out = value.replace("${carbon.home}", System.getProperty("carbon.home", "."))
            .replace("${carbon.local.ip}", LocalAddress.find())
            .replace("${mgt.transport.https.port}", String.valueOf(ports.managementHttps()))
            .replace("${mgt.transport.http.port}", String.valueOf(ports.managementHttp()))
            .replace("${https.nio.port}", String.valueOf(ports.gatewayHttps()))
            .replace("${http.nio.port}", String.valueOf(ports.gatewayHttp()))
            .replace("${jms.port}", String.valueOf(ports.broker()))
            .replace("${receiver.url.port}", String.valueOf(ports.receiver()))
            .replace("${auth.url.port}", String.valueOf(ports.receiverTls()))
            .replace("${carbon.protocol}", "https")
            .replace("${carbon.management.port}", String.valueOf(ports.managementHttps()));
        if (out.contains("${carbon.host}")) {
            out = out.replace("${carbon.host}", config.text("server.hostname", "localhost"));
        }
        if (out.contains("${admin.")) {
            out = out.replace("${admin.username}", config.text("super_admin.username"))
                .replace("${admin.password}", config.text("super_admin.password"));
        }
        return out;
    }
}
