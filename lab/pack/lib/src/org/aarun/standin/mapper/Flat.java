package org.aarun.standin.mapper;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Dotted keys to values: the form in which the phases of the mapper see the configuration. A part of a key that is not
 * a bare word stands in single quotes. Tables in arrays are flat maps of their own; empty tables vanish.
 */
final class Flat {
    private static final Pattern PART = Pattern.compile("'([^']*)'|([^.']+)");

    private Flat() {
    }

    static Map<String, Object> of(Map<?, ?> table) {
        Map<String, Object> out = new LinkedHashMap<>();
        add(out, "", table);
        return out;
    }

    private static void add(Map<String, Object> out, String prefix, Map<?, ?> table) {
        table.forEach((name, value) -> {
            String key = prefix + (name.toString().matches("[A-Za-z0-9_-]+") ? name : "'" + name + "'");
            if (value instanceof Map) {
                add(out, key + ".", (Map<?, ?>) value);
            } else {
                out.put(key, value instanceof List ? list((List<?>) value) : value);
            }
        });
    }

    private static List<Object> list(List<?> values) {
        List<Object> out = new ArrayList<>();
        values.forEach(value -> out.add(value instanceof Map ? of((Map<?, ?>) value)
            : value instanceof List ? list((List<?>) value) : value));
        return out;
    }

    /** Back to tables in tables, as templates see it. */
    static Map<String, Object> nested(Map<?, ?> flat) {
        Map<String, Object> out = new LinkedHashMap<>();
        flat.forEach((key, value) -> put(out, parts(key.toString()), value instanceof List ? nestedList((List<?>) value) : value));
        return out;
    }

    @SuppressWarnings("unchecked")
    private static void put(Map<String, Object> root, List<String> path, Object value) {
        Map<String, Object> table = root;
        for (String part : path.subList(0, path.size() - 1)) {
            if (!(table.get(part) instanceof Map)) {
                table.put(part, new LinkedHashMap<String, Object>());
            }
            table = (Map<String, Object>) table.get(part);
        }
        table.put(path.get(path.size() - 1), value);
    }

    private static List<Object> nestedList(List<?> values) {
        List<Object> out = new ArrayList<>();
        values.forEach(value -> out.add(value instanceof Map ? nested((Map<?, ?>) value)
            : value instanceof List ? nestedList((List<?>) value) : value));
        return out;
    }

    private static List<String> parts(String key) {
        List<String> out = new ArrayList<>();
        for (Matcher matcher = PART.matcher(key); matcher.find();) {
            out.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
        }
        return out;
    }
}
