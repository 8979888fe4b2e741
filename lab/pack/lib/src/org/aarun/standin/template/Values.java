package org.aarun.standin.template;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Truth, text, comparison and filters of template values. Undefined is null. */
final class Values {
    private Values() {
    }

    static boolean truth(Object value) {
        if (value instanceof Boolean) {
            return (Boolean) value;
        }
        if (value instanceof Number) {
            return ((Number) value).doubleValue() != 0;
        }
        if (value instanceof Collection) {
            return !((Collection<?>) value).isEmpty();
        }
        if (value instanceof Map) {
            return !((Map<?, ?>) value).isEmpty();
        }
        // Of texts, the product's engine takes "false" for false.
        return value != null && !value.toString().isEmpty() && !value.toString().equalsIgnoreCase("false");
    }

    static String text(Object value) {
        return value == null ? "" : value.toString();
    }

    static boolean same(Object left, Object right) {
        if (left instanceof Number && right instanceof Number) {
            return ((Number) left).doubleValue() == ((Number) right).doubleValue();
        }
        return left == null || right == null ? left == right : left.equals(right) || left.toString().equals(right.toString());
    }

    static boolean contains(Object holder, Object part) {
        if (holder instanceof Map) {
            return ((Map<?, ?>) holder).containsKey(text(part));
        }
        return holder instanceof Collection ? ((Collection<?>) holder).contains(part) : text(holder).contains(text(part));
    }

    static List<Object> list(Object value) {
        if (value instanceof Map) {
            return new ArrayList<>(((Map<?, ?>) value).values());
        }
        return value instanceof Collection ? new ArrayList<>((Collection<?>) value) : value == null ? List.of() : List.of(value);
    }

    /** The pairs of a table; none of an undefined one. */
    static List<Object> items(Object value) {
        List<Object> out = new ArrayList<>();
        if (value instanceof Map) {
            ((Map<?, ?>) value).forEach((key, item) -> out.add(java.util.Arrays.asList(key, item)));
        }
        return out;
    }

    static Object filter(String name, Object value, List<Object> arguments) {
        switch (name) {
            case "default":
                return value == null ? arguments.get(0) : value;
            case "join":
                return list(value).stream().map(Values::text).collect(Collectors.joining(arguments.isEmpty() ? "" : text(arguments.get(0))));
            case "length":
                return (long) (value instanceof String ? ((String) value).length() : list(value).size());
            case "lower":
                return text(value).toLowerCase();
            case "trim":
                return text(value).trim();
            case "replace":
                return text(value).replace(text(arguments.get(0)), text(arguments.get(1)));
            default:
                throw new IllegalArgumentException("unknown filter: " + name);
        }
    }
}
