package org.aarun.standin.mapper;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aarun.standin.StartFailure;

/** unit-resolve.json: keys whose "15m" or "900s" become a number of the unit that their file wants. */
final class Units {
    private static final Pattern TIME = Pattern.compile("([0-9]+)\\s*([a-z]*)");
    private static final Map<String, Long> MILLIS = Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    private Units() {
    }

    static void apply(Map<String, Object> values, Map<String, Object> units) {
        Object times = units.get("time");
        if (times instanceof Map) {
            ((Map<?, ?>) times).forEach((key, unit) -> values.computeIfPresent(key.toString(), (k, v) -> converted(k, v, unit.toString())));
        }
    }

    private static Object converted(String key, Object value, String unit) {
        Matcher matcher = TIME.matcher(value.toString());
        if (value instanceof Number || matcher.matches() && matcher.group(2).isEmpty()) {
            return value.toString();
        }
        if (!matcher.matches() || !MILLIS.containsKey(matcher.group(2))) {
            throw new StartFailure(Mapper.LOGGER, "Invalid configuration value " + key + " = " + value);
        }
        return String.valueOf(Long.parseLong(matcher.group(1)) * MILLIS.get(matcher.group(2)) / MILLIS.get(unit));
    }
}
