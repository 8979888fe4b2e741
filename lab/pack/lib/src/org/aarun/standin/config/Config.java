package org.aarun.standin.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The resolved deployment.toml: looked up by dotted path, with secrets and ${...} replaced on reading. */
public final class Config {
    private final Map<String, Object> root;
    private final UnaryOperator<String> onRead;

    public Config(Map<String, Object> root, UnaryOperator<String> onRead) {
        this.root = root;
        this.onRead = onRead;
    }

    /** The value as written, or null. */
    public Object raw(String path) {
        Object at = root;
        for (String part : path.split("\\.")) {
            if (!(at instanceof Map)) {
                return null;
            }
            at = ((Map<?, ?>) at).get(part);
        }
        return at;
    }

    public boolean has(String path) {
        return raw(path) != null;
    }

    public String text(String path, String otherwise) {
        Object value = raw(path);
        return value == null || value instanceof Map || value instanceof List ? otherwise : onRead.apply(value.toString());
    }

    public String text(String path) {
        return text(path, "");
    }

    public boolean flag(String path, boolean otherwise) {
        return Boolean.parseBoolean(text(path, String.valueOf(otherwise)));
    }

    public int number(String path, int otherwise) {
        return Integer.parseInt(text(path, String.valueOf(otherwise)).trim());
    }

    /** A list of strings; a single string counts as a list of one. */
    public List<String> texts(String path) {
        Object value = raw(path);
        if (!(value instanceof List)) {
            return value == null ? Collections.emptyList() : Collections.singletonList(text(path));
        }
        List<String> out = new ArrayList<>();
        for (Object item : (List<?>) value) {
            out.add(onRead.apply(String.valueOf(item)));
        }
        return out;
    }

    /** An array of tables, each as a Config of its own. */
    public List<Config> tables(String path) {
        List<Config> out = new ArrayList<>();
        Object value = raw(path);
        if (value instanceof List) {
            for (Object item : (List<?>) value) {
                if (item instanceof Map) {
                    out.add(new Config(map(item), onRead));
                }
            }
        }
        return out;
    }

    /** The sub-table at a path; empty when there is none. */
    public Map<String, Object> table(String path) {
        Object value = raw(path);
        return value instanceof Map ? map(value) : Collections.emptyMap();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }
}
