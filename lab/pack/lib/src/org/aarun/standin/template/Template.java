package org.aarun.standin.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The part of Jinja that the pack's templates use: output, if/elif/else, for with loop, set, comments and whitespace
 * control. As the product sets its engine: the newline after a block tag and the blanks before one are dropped, an
 * undefined variable is empty, and nothing is escaped.
 */
public final class Template {
    private final List<Tokens.Token> tokens;
    private int at;

    private Template(String source) {
        this.tokens = Tokens.of(source);
    }

    public static String render(String source, Map<String, Object> variables) {
        Node body = new Template(source).body();
        StringBuilder out = new StringBuilder();
        body.render(new LinkedHashMap<>(variables), out);
        return out.toString();
    }

    interface Node {
        void render(Map<String, Object> scope, StringBuilder out);
    }

    /** Everything up to one of these words, which stays the current tag. */
    private Node body(String... ends) {
        List<Node> nodes = new ArrayList<>();
        while (at < tokens.size()) {
            Tokens.Token token = tokens.get(at);
            if (token.kind == Tokens.Kind.TAG && List.of(ends).contains(token.word())) {
                break;
            }
            at++;
            nodes.add(node(token));
        }
        return (scope, out) -> nodes.forEach(node -> node.render(scope, out));
    }

    private Node node(Tokens.Token token) {
        if (token.kind == Tokens.Kind.TEXT) {
            return (scope, out) -> out.append(token.text);
        }
        if (token.kind == Tokens.Kind.OUTPUT) {
            Expression value = Expression.of(token.text);
            return (scope, out) -> out.append(Values.text(value.of(scope)));
        }
        switch (token.word()) {
            case "if":
                return condition(token.rest());
            case "for":
                return loop(token.rest());
            case "set":
                String[] sides = token.rest().split("=", 2);
                Expression value = Expression.of(sides[1]);
                return (scope, out) -> scope.put(sides[0].trim(), value.of(scope));
            default:
                throw new IllegalArgumentException("unknown tag: " + token.text);
        }
    }

    private Node condition(String test) {
        Expression when = Expression.of(test);
        Node then = body("elif", "else", "endif");
        Tokens.Token next = tag();
        Node otherwise = (scope, out) -> { };
        if (next.word().equals("elif")) {
            otherwise = condition(next.rest());
        } else if (next.word().equals("else")) {
            otherwise = body("endif");
            at++;
        }
        Node rest = otherwise;
        return (scope, out) -> (Values.truth(when.of(scope)) ? then : rest).render(scope, out);
    }

    private Node loop(String header) {
        String[] sides = header.split("\\s+in\\s+", 2);
        String[] names = sides[0].trim().split("\\s*,\\s*");
        Expression items = Expression.of(sides[1]);
        Node each = body("endfor");
        at++;
        return (scope, out) -> {
            List<Object> list = Values.list(items.of(scope));
            for (int i = 0; i < list.size(); i++) {
                Map<String, Object> inner = new LinkedHashMap<>(scope);
                inner.put("loop", Map.of("index", (long) i + 1, "index0", (long) i, "first", i == 0, "last", i == list.size() - 1));
                for (int n = 0; n < names.length; n++) {
                    inner.put(names[n], names.length == 1 ? list.get(i) : Values.list(list.get(i)).get(n));
                }
                each.render(inner, out);
            }
        };
    }

    private Tokens.Token tag() {
        if (at == tokens.size()) {
            throw new IllegalArgumentException("a block is not closed");
        }
        return tokens.get(at++);
    }
}
