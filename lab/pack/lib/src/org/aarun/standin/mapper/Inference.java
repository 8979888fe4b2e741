package org.aarun.standin.mapper;

import java.util.LinkedHashMap;
import java.util.Map;

/** infer.json: for "key": {"value": {more keys}}, those more keys, unless they are given. $1 in a key is any one part of it. */
final class Inference {
    private Inference() {
    }

    static Map<String, Object> apply(Map<String, Object> values, Map<String, Object> rules) {
        Map<String, Object> out = new LinkedHashMap<>();
        values.forEach((key, value) -> infer(key, value, rules, out));
        out.putAll(values);
        return out;
    }

    private static void infer(String key, Object value, Map<String, Object> rules, Map<String, Object> out) {
        String rule = matching(key, rules);
        Object found = rule == null ? null : ((Map<?, ?>) rules.get(rule)).get(String.valueOf(value));
        if (found instanceof Map) {
            String part = part(key, rule);
            ((Map<?, ?>) found).forEach((name, inferred) -> {
                String target = name.toString().replace("$1", part);
                infer(target, inferred, rules, out);
                out.put(target, inferred instanceof String ? ((String) inferred).replace("$1", part) : inferred);
            });
        }
    }

    private static String matching(String key, Map<String, Object> rules) {
        if (rules.containsKey(key)) {
            return key;
        }
        return rules.keySet().stream().filter(rule -> rule.contains("$1") && key.matches(rule.replace("$1", "\\w+"))).findFirst().orElse(null);
    }

    private static String part(String key, String rule) {
        String[] names = rule.split("\\.");
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals("$1")) {
                return key.split("\\.")[i];
            }
        }
        return "";
    }
}
