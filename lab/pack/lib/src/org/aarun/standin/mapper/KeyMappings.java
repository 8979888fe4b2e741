package org.aarun.standin.mapper;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** key-mappings.json: other names for keys. "a:b" means key b in each table of the array a. */
final class KeyMappings {
    private KeyMappings() {
    }

    static Map<String, Object> apply(Map<String, Object> values, Map<String, Object> mappings) {
        Map<String, Object> out = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            Object target = mappings.getOrDefault(key, key);
            for (Object name : target instanceof List ? (List<?>) target : List.of(target)) {
                out.put(name.toString(), value);
            }
        });
        mappings.forEach((from, to) -> inArrays(out, from, to.toString()));
        return out;
    }

    @SuppressWarnings("unchecked")
    private static void inArrays(Map<String, Object> values, String from, String to) {
        String[] old = from.split(":");
        if (old.length != 2 || !(values.get(old[0]) instanceof List)) {
            return;
        }
        for (Object item : (List<Object>) values.get(old[0])) {
            Object value = item instanceof Map ? ((Map<String, Object>) item).remove(old[1]) : null;
            if (value != null) {
                ((Map<String, Object>) item).put(to.split(":")[1], value);
            }
        }
    }
}
