package org.aarun.standin.template;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An expression inside {{ }} or a tag: paths, literals, tests, filters, comparisons, and/or/not, "a if b else c". */
final class Expression {
    interface Part {
        Object of(Map<String, Object> scope);
    }

    private static final Pattern TOKEN = Pattern.compile(
        "\\s*('[^']*'|\"[^\"]*\"|[0-9]+(?:\\.[0-9]+)?|[A-Za-z_][A-Za-z0-9_]*|==|!=|<=|>=|\\|\\||&&|[-|.()\\[\\],<>~+])");

    private final List<String> tokens = new ArrayList<>();
    private final String source;
    private final Part part;
    private int at;

    private Expression(String source) {
        this.source = source;
        Matcher matcher = TOKEN.matcher(source);
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            tokens.add(matcher.group(1));
            end = matcher.end();
        }
        if (!source.substring(end).isBlank()) {
            throw bad();
        }
        this.part = choice();
        if (at < tokens.size()) {
            throw bad();
        }
    }

    static Expression of(String source) {
        return new Expression(source);
    }

    Object of(Map<String, Object> scope) {
        return part.of(scope);
    }

    private Part choice() {
        Part value = or();
        if (!take("if")) {
            return value;
        }
        Part when = or();
        Part otherwise = take("else") ? choice() : scope -> null;
        return scope -> Values.truth(when.of(scope)) ? value.of(scope) : otherwise.of(scope);
    }

    private Part or() {
        Part left = and();
        while (take("or") || take("||")) {
            Part first = left;
            Part second = and();
            left = scope -> Values.truth(first.of(scope)) || Values.truth(second.of(scope));
        }
        return left;
    }

    private Part and() {
        Part left = not();
        while (take("and") || take("&&")) {
            Part first = left;
            Part second = not();
            left = scope -> Values.truth(first.of(scope)) && Values.truth(second.of(scope));
        }
        return left;
    }

    private Part not() {
        if (take("not")) {
            Part inner = not();
            return scope -> !Values.truth(inner.of(scope));
        }
        return compared();
    }

    private Part compared() {
        Part left = joined();
        if (take("is")) {
            return test(left, take("not"));
        }
        if (take("in")) {
            Part holder = joined();
            return scope -> Values.contains(holder.of(scope), left.of(scope));
        }
        for (String sign : Arrays.asList("==", "!=", "<=", ">=", "<", ">")) {
            if (take(sign)) {
                Part right = joined();
                return scope -> compare(sign, left.of(scope), right.of(scope));
            }
        }
        return left;
    }

    private Part test(Part value, boolean negated) {
        String name = next();
        if (name.equals("defined")) {
            return scope -> value.of(scope) != null != negated;
        }
        if (name.equals("sameas")) {
            Part other = joined();
            return scope -> Values.same(value.of(scope), other.of(scope)) != negated;
        }
        throw bad();
    }

    private static boolean compare(String sign, Object left, Object right) {
        if (sign.equals("==") || sign.equals("!=")) {
            return Values.same(left, right) == sign.equals("==");
        }
        int order = Double.compare(Double.parseDouble(Values.text(left)), Double.parseDouble(Values.text(right)));
        return sign.startsWith("<") ? order < 0 || sign.equals("<=") && order == 0 : order > 0 || sign.equals(">=") && order == 0;
    }

    private Part joined() {
        Part left = filtered();
        while (take("~") || take("+")) {
            Part first = left;
            Part second = filtered();
            left = scope -> Values.text(first.of(scope)) + Values.text(second.of(scope));
        }
        return left;
    }

    private Part filtered() {
        Part value = path();
        while (take("|")) {
            Part inner = value;
            String name = next();
            List<Part> arguments = take("(") ? arguments() : List.of();
            value = scope -> {
                List<Object> given = new ArrayList<>();
                arguments.forEach(argument -> given.add(argument.of(scope)));
                return Values.filter(name, inner.of(scope), given);
            };
        }
        return value;
    }

    private Part path() {
        Part value = literal();
        while (true) {
            Part holder = value;
            if (take(".")) {
                String name = next();
                value = take("(") ? method(holder, name, arguments()) : scope -> member(holder.of(scope), name);
            } else if (take("[")) {
                Part key = choice();
                expect("]");
                value = scope -> member(holder.of(scope), Values.text(key.of(scope)));
            } else {
                return value;
            }
        }
    }

    private static Object member(Object holder, String name) {
        if (holder instanceof Map) {
            return ((Map<?, ?>) holder).get(name);
        }
        boolean index = holder instanceof List && name.matches("[0-9]+") && Integer.parseInt(name) < ((List<?>) holder).size();
        return index ? ((List<?>) holder).get(Integer.parseInt(name)) : null;
    }

    private Part method(Part holder, String name, List<Part> arguments) {
        switch (name) {
            case "items":
                return scope -> Values.items(holder.of(scope));
            case "toList":
                return scope -> Values.list(holder.of(scope));
            case "split":
                return scope -> new ArrayList<Object>(Arrays.asList(
                    Values.text(holder.of(scope)).split(Pattern.quote(Values.text(arguments.get(0).of(scope))))));
            default:
                throw bad();
        }
    }

    private List<Part> arguments() {
        List<Part> out = new ArrayList<>();
        while (!take(")")) {
            out.add(choice());
            take(",");
        }
        return out;
    }

    private Part literal() {
        if (take("(")) {
            Part inner = choice();
            expect(")");
            return inner;
        }
        String token = next();
        if (token.startsWith("'") || token.startsWith("\"")) {
            return scope -> token.substring(1, token.length() - 1);
        }
        if (Character.isDigit(token.charAt(0))) {
            Object number = token.contains(".") ? (Object) Double.valueOf(token) : (Object) Long.valueOf(token);
            return scope -> number;
        }
        if (token.equalsIgnoreCase("true") || token.equalsIgnoreCase("false")) {
            return scope -> Boolean.valueOf(token);
        }
        return scope -> scope.get(token);
    }

    private boolean take(String token) {
        boolean found = at < tokens.size() && tokens.get(at).equals(token);
        at += found ? 1 : 0;
        return found;
    }

    private String next() {
        if (at == tokens.size()) {
            throw bad();
        }
        return tokens.get(at++);
    }

    private void expect(String token) {
        if (!take(token)) {
            throw bad();
        }
    }

    private IllegalArgumentException bad() {
        return new IllegalArgumentException("can't read the expression " + source);
    }
}
