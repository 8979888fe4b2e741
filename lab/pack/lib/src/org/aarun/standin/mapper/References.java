package org.aarun.standin.mapper;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aarun.standin.StartFailure;

/**
 * Checks $secret{} and replaces $sys{}, $env{} and $ref{}. Inside arrays of tables $ref{} is left alone, and so are
 * $env{} and $sys{} before 4.3.
 */
final class References {
    private static final Pattern SECRET = Pattern.compile("\\$secret\\{([^}]*)}");
    private static final Pattern OUTSIDE = Pattern.compile("\\$(env|sys)\\{([^}]*)}");
    private static final Pattern REF = Pattern.compile("\\$ref\\{([^}]*)}");

    private final Map<String, Object> values;
    /** What the outside world supplied: a change of these must lead to a new rendering. */
    final Map<String, String> outside = new TreeMap<>();

    References(Map<String, Object> values, boolean outsideInArrays) {
        this.values = values;
        values.values().forEach(this::checkSecrets);
        values.replaceAll((key, value) -> texts(value, this::fromOutside, outsideInArrays));
        values.replaceAll((key, value) -> value instanceof String ? referred((String) value, 0)
            : texts(value, text -> String.valueOf(referred(text, 0)), false));
    }

    @SuppressWarnings("unchecked")
    private static Object texts(Object value, UnaryOperator<String> change, boolean inTables) {
        if (value instanceof String) {
            return change.apply((String) value);
        }
        if (value instanceof List) {
            List<Object> out = new ArrayList<>();
            ((List<?>) value).forEach(item -> out.add(item instanceof Map && !inTables ? item : texts(item, change, inTables)));
            return out;
        }
        if (value instanceof Map) {
            ((Map<String, Object>) value).replaceAll((key, item) -> texts(item, change, inTables));
        }
        return value;
    }

    private void checkSecrets(Object value) {
        if (value instanceof List) {
            ((List<?>) value).forEach(this::checkSecrets);
        } else if (value instanceof Map) {
            ((Map<?, ?>) value).values().forEach(this::checkSecrets);
        } else if (value instanceof String) {
            for (Matcher matcher = SECRET.matcher((String) value); matcher.find();) {
                Object secret = values.get("secrets." + matcher.group(1));
                if (secret == null) {
                    throw new StartFailure(Mapper.LOGGER, "Secret references can't be resolved for " + matcher.group(1));
                }
                if (secret.toString().matches("(?s).*\\[.*].*")) {
                    throw new StartFailure(Mapper.LOGGER, "Secret references can't be plain text for " + matcher.group(1));
                }
            }
        }
    }

    private String fromOutside(String text) {
        return OUTSIDE.matcher(text).replaceAll(match -> {
            boolean environment = match.group(1).equals("env");
            String name = match.group(2);
            String value = environment ? System.getenv(name) : System.getProperty(name);
            if (value == null) {
                throw new StartFailure(Mapper.LOGGER, environment ? "Environment variable " + name + " not defined in system"
                    : "Error while retrieving " + name + " system property");
            }
            outside.put(match.group(1) + "." + name, value);
            return Matcher.quoteReplacement(value);
        });
    }

    /** A reference to a list or a flag is that list or flag; others are put into the text. */
    private Object referred(String text, int depth) {
        if (depth > 9) {
            throw new StartFailure(Mapper.LOGGER, "References can't be resolved for " + text);
        }
        Matcher matcher = REF.matcher(text);
        StringBuffer out = new StringBuffer();
        while (matcher.find()) {
            Object target = values.get(matcher.group(1));
            if (target == null) {
                throw new StartFailure(Mapper.LOGGER, "Configuration with key " + matcher.group(1) + " doesn't exist");
            }
            if (target instanceof List || target instanceof Boolean) {
                return target;
            }
            matcher.appendReplacement(out, Matcher.quoteReplacement(String.valueOf(referred(target.toString(), depth + 1))));
        }
        return matcher.appendTail(out).toString();
    }
}
