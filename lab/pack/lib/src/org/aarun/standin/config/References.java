package org.aarun.standin.config;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aarun.standin.StartFailure;
import org.aarun.standin.Version;

/**
 * Replaces $ref{}, $env{} and $sys{} in place and checks $secret{}. As in the product's config mapper, $ref{} is left
 * alone inside arrays of tables, and $env{} and $sys{} too before 4.3.
 */
final class References {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$(ref|env|sys)\\{([^}]*)}");
    private static final Pattern SECRET = Pattern.compile("\\$secret\\{([^}]*)}");
    private static final String LOGGER = "org.wso2.config.mapper.ReferenceResolver";

    private final Config config;
    private final boolean environmentInArrays;
    private final Map<String, ?> secrets;
    /** What the outside world supplied: a change of these must lead to a new rendering. */
    final Map<String, String> outside = new TreeMap<>();

    References(Map<String, Object> root, Version version, boolean secretsLast) {
        this.config = new Config(root, s -> s);
        this.environmentInArrays = version.atLeast(4, 3);
        this.secrets = secretsLast ? config.table("secrets") : Map.of();
        map(root, false);
    }

    private void map(Map<String, Object> table, boolean inArray) {
        table.replaceAll((key, value) -> value(value, inArray));
    }

    @SuppressWarnings("unchecked")
    private Object value(Object value, boolean inArray) {
        if (value instanceof Map) {
            map((Map<String, Object>) value, inArray);
        } else if (value instanceof List) {
            List<Object> list = (List<Object>) value;
            boolean tables = !list.isEmpty() && list.get(0) instanceof Map;
            list.replaceAll(item -> value(item, inArray || tables));
        } else if (value instanceof String) {
            checkSecrets((String) value);
            return text((String) value, inArray, 0);
        }
        return value;
    }

    private String text(String value, boolean inArray, int depth) {
        Matcher matcher = PLACEHOLDER.matcher(value);
        StringBuffer out = new StringBuffer();
        while (matcher.find()) {
            String found = replacement(matcher.group(1), matcher.group(2), inArray, depth);
            matcher.appendReplacement(out, Matcher.quoteReplacement(found == null ? matcher.group() : found));
        }
        return matcher.appendTail(out).toString();
    }

    private String replacement(String kind, String name, boolean inArray, int depth) {
        if (kind.equals("ref")) {
            if (inArray) {
                return null;
            }
            Object target = config.raw(name);
            if (target == null || target instanceof Map || depth > 9) {
                throw new StartFailure(LOGGER, "Reference " + name + " not found");
            }
            return text(target.toString(), false, depth + 1);
        }
        if (inArray && !environmentInArrays) {
            return null;
        }
        boolean environment = kind.equals("env");
        String value = environment ? System.getenv(name) : System.getProperty(name);
        if (value == null) {
            throw new StartFailure(LOGGER, (environment ? "Environment variable " : "System property ") + name + " is not set");
        }
        outside.put(kind + "." + name, value);
        return value;
    }

    private void checkSecrets(String value) {
        for (Matcher matcher = SECRET.matcher(value); matcher.find();) {
            String alias = matcher.group(1);
            Object secret = secrets.get(alias);
            if (secret == null) {
                throw new StartFailure(LOGGER, "Secret references can't be resolved for " + alias);
            }
            if (secret.toString().matches("(?s)\\[.*]")) {
                throw new StartFailure(LOGGER, "Secret references can't be plain text for " + alias);
            }
        }
    }
}
