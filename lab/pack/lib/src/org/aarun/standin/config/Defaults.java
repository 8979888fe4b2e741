package org.aarun.standin.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.aarun.standin.json.Json;

/** repository/resources/conf/default.json: values for keys which deployment.toml leaves out. */
final class Defaults {
    private Defaults() {
    }

    static void fill(Map<String, Object> root, Path file) throws IOException {
        for (Map.Entry<String, Object> entry : Json.object(Files.readString(file)).entrySet()) {
            String[] path = entry.getKey().split("\\.");
            Map<String, Object> table = root;
            for (int i = 0; table != null && i < path.length - 1; i++) {
                table = below(table, path[i]);
            }
            if (table != null) {
                table.putIfAbsent(path[path.length - 1], entry.getValue());
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> below(Map<String, Object> table, String key) {
        Object next = table.computeIfAbsent(key, k -> new LinkedHashMap<String, Object>());
        return next instanceof Map ? (Map<String, Object>) next : null;
    }
}
