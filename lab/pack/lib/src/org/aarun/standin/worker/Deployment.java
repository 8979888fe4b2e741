package org.aarun.standin.worker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.aarun.standin.StartFailure;
import org.aarun.standin.log.Log;
import org.aarun.standin.security.KeyEntry;
import org.aarun.standin.security.Keystores;
import org.aarun.standin.security.Tls;

/** conf/RUNTIME/deployment.yaml of one runtime of API Manager Analytics, and what both runtimes do with it. */
final class Deployment {
    final Path home;
    final String runtime;
    private final Map<String, Object> values;

    private Deployment(Path home, String runtime, Map<String, Object> values) {
        this.home = home;
        this.runtime = runtime;
        this.values = values;
    }

    /** Opens the log, and writes the pid file, when the file can be read. */
    static Deployment open(String runtime) throws IOException {
        Path home = Path.of(System.getProperty("carbon.home")).toAbsolutePath().normalize();
        Log.appendTo(home.resolve("wso2/" + runtime + "/logs/carbon.log"));
        Path file = home.resolve("conf/" + runtime + "/deployment.yaml");
        Map<String, Object> values = Yaml.read(Files.readString(file));
        Files.write(home.resolve("wso2/" + runtime + "/runtime.pid"), (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8));
        return new Deployment(home, runtime, values);
    }

    int offset() {
        return Integer.parseInt(text(values, "wso2.carbon", "ports", "offset"));
    }

    /** A mapping at the top. */
    Map<String, Object> at(String key) {
        return table(values.get(key));
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> table(Object value) {
        return value instanceof Map ? (Map<String, Object>) value : Map.of();
    }

    static List<Map<String, Object>> tables(Object value) {
        List<Map<String, Object>> out = new ArrayList<>();
        if (value instanceof List) {
            ((List<?>) value).forEach(item -> out.add(table(item)));
        }
        return out;
    }

    static String text(Map<String, Object> from, String... path) {
        Object value = from;
        for (String key : path) {
            value = table(value).getOrDefault(key, "");
        }
        return String.valueOf(value);
    }

    static Map<String, Object> named(List<Map<String, Object>> list, String key, String name) {
        return list.stream().filter(item -> name.equals(item.get(key))).findFirst()
            .orElseThrow(() -> new StartFailure("org.wso2.carbon.config", "deployment.yaml has no " + key + " " + name));
    }

    /** TLS with the key of the keystore that is named there, and with the trust of the runtime. */
    Tls tls(Object file, Object password) throws Exception {
        KeyStore store = Keystores.open(path(String.valueOf(file)), "JKS", String.valueOf(password));
        String alias = Collections.list(store.aliases()).get(0);
        KeyEntry key = Keystores.key(store, String.valueOf(file), alias, String.valueOf(password));
        KeyStore trusted = Keystores.open(home.resolve("resources/security/client-truststore.jks"), "JKS", "wso2carbon");
        return new Tls(key, trusted, "Strict");
    }

    Path path(String location) {
        String own = home.toString();
        return Path.of(location.replace("${sys:carbon.home}", own).replace("${carbon.home}", own));
    }

    static Map<String, Object> listener(Map<String, Object> transport, String id) {
        return named(tables(transport.get("listenerConfigurations")), "id", id);
    }

    static String[] protocols() {
        return Arrays.asList("TLSv1.2", "TLSv1.3").toArray(new String[0]);
    }
}
