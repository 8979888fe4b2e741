package org.aarun.standin.toml;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the TOML that deployment.toml needs. Like the product's parser, and unlike the TOML specification, it refuses
 * a table that is opened after one of its sub-tables ("[apim]" after "[apim.throttling]").
 */
public final class TomlReader {
    private final String text;
    private final TomlDocument document = new TomlDocument();
    private final Map<Object, Boolean> closed = new IdentityHashMap<>();
    private int at;

    private TomlReader(String text) {
        this.text = text;
    }

    public static TomlDocument read(String text) {
        return new TomlReader(text.startsWith("\uFEFF") ? text.substring(1) : text).document();
    }

    private TomlDocument document() {
        Map<String, Object> table = document.root;
        for (skipBlank(); at < text.length(); skipBlank()) {
            if (peek() == '[') {
                table = header();
            } else {
                assign(table);
            }
            endOfLine();
        }
        return document;
    }

    private Map<String, Object> header() {
        int start = at;
        boolean array = text.startsWith("[[", at);
        at += array ? 2 : 1;
        List<String> path = key();
        expect(array ? "]]" : "]");
        document.headers.add(String.join(".", path));
        Map<String, Object> parent = descend(document.root, path.subList(0, path.size() - 1), start);
        String last = path.get(path.size() - 1);
        Object existing = parent.get(last);
        Map<String, Object> table = new LinkedHashMap<>();
        if (array) {
            if (existing == null) {
                parent.put(last, existing = new ArrayList<>());
            } else if (!(existing instanceof List) || closed.containsKey(existing)) {
                throw error(String.join(".", path) + " previously defined", start);
            }
            elements(existing).add(table);
        } else {
            if (existing != null) {
                throw error(String.join(".", path) + " previously defined", start);
            }
            parent.put(last, table);
        }
        return table;
    }

    private void assign(Map<String, Object> table) {
        int start = at;
        List<String> path = key();
        skipSpace();
        expect("=");
        skipSpace();
        Object value = value();
        Map<String, Object> target = descend(table, path.subList(0, path.size() - 1), start);
        if (target.putIfAbsent(path.get(path.size() - 1), value) != null) {
            throw error(String.join(".", path) + " previously defined", start);
        }
    }

    private Map<String, Object> descend(Map<String, Object> from, List<String> path, int start) {
        Map<String, Object> table = from;
        for (String part : path) {
            Object next = table.computeIfAbsent(part, k -> new LinkedHashMap<String, Object>());
            if (next instanceof List && !closed.containsKey(next) && !elements(next).isEmpty()) {
                next = elements(next).get(elements(next).size() - 1);
            }
            if (!(next instanceof Map) || closed.containsKey(next)) {
                throw error(part + " is not a table", start);
            }
            table = entries(next);
        }
        return table;
    }

    private List<String> key() {
        List<String> path = new ArrayList<>();
        do {
            skipSpace();
            path.add(keyPart());
            skipSpace();
        } while (take("."));
        return path;
    }

    private String keyPart() {
        if (peek() == '"') {
            return basic();
        }
        if (peek() == '\'') {
            return literal();
        }
        int start = at;
        while (at < text.length() && (Character.isLetterOrDigit(peek()) && peek() < 128 || peek() == '_' || peek() == '-')) {
            at++;
        }
        if (at == start) {
            throw unexpected("a key");
        }
        return text.substring(start, at);
    }

    private Object value() {
        char c = peek();
        if (text.startsWith("\"\"\"", at)) {
            return multiLineBasic();
        }
        if (text.startsWith("'''", at)) {
            return multiLineLiteral();
        }
        if (c == '"') {
            return basic();
        }
        if (c == '\'') {
            return literal();
        }
        if (c == '[') {
            return array();
        }
        if (c == '{') {
            return inlineTable();
        }
        return scalar();
    }

    private Object scalar() {
        int start = at;
        while (at < text.length() && (Character.isLetterOrDigit(peek()) || "+-_.:".indexOf(peek()) >= 0)) {
            at++;
        }
        String word = text.substring(start, at);
        if (word.equals("true") || word.equals("false")) {
            return Boolean.valueOf(word);
        }
        String digits = word.replace("_", "");
        try {
            if (digits.matches("[+-]?(0|[1-9][0-9]*)")) {
                return Long.valueOf(digits.startsWith("+") ? digits.substring(1) : digits);
            }
            if (digits.matches("0[xX][0-9a-fA-F]+")) {
                return Long.valueOf(digits.substring(2), 16);
            }
            if (digits.matches("[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
                return Double.valueOf(digits);
            }
        } catch (NumberFormatException tooLong) {
            throw error("number out of range: " + word, start);
        }
        if (word.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}.*")) {
            return word;
        }
        at = start;
        throw unexpected("a value");
    }

    private List<Object> array() {
        List<Object> items = new ArrayList<>();
        closed.put(items, true);
        at++;
        for (skipBlank(); !take("]"); skipBlank()) {
            items.add(value());
            skipBlank();
            if (!take(",")) {
                skipBlank();
                expect("]");
                break;
            }
        }
        return items;
    }

    private Map<String, Object> inlineTable() {
        Map<String, Object> table = new LinkedHashMap<>();
        at++;
        skipSpace();
        if (!take("}")) {
            do {
                skipSpace();
                assign(table);
                skipSpace();
            } while (take(","));
            expect("}");
        }
        closed.put(table, true);
        return table;
    }

    private String basic() {
        StringBuilder out = new StringBuilder();
        at++;
        while (peek() != '"') {
            if (at >= text.length() || peek() == '\n') {
                throw unexpected("the closing \"");
            }
            character(out);
        }
        at++;
        return out.toString();
    }

    private String multiLineBasic() {
        StringBuilder out = new StringBuilder();
        at += 3;
        take("\r");
        take("\n");
        while (!text.startsWith("\"\"\"", at)) {
            if (at >= text.length()) {
                throw unexpected("the closing \"\"\"");
            }
            if (peek() == '\\' && text.substring(at + 1).matches("(?s)[ \\t]*\\r?\\n.*")) {
                at++;
                while (at < text.length() && Character.isWhitespace(peek())) {
                    at++;
                }
            } else {
                character(out);
            }
        }
        at += 3;
        return out.toString();
    }

    private void character(StringBuilder out) {
        char c = text.charAt(at++);
        if (c != '\\') {
            out.append(c);
            return;
        }
        char escape = peek();
        int plain = "btnfr\"\\".indexOf(escape);
        if (plain >= 0) {
            out.append("\b\t\n\f\r\"\\".charAt(plain));
            at++;
        } else if (escape == 'u' || escape == 'U') {
            int length = escape == 'u' ? 4 : 8;
            try {
                out.appendCodePoint(Integer.parseInt(text.substring(at + 1, at + 1 + length), 16));
            } catch (RuntimeException bad) {
                throw unexpected("a unicode escape");
            }
            at += 1 + length;
        } else {
            throw unexpected("an escape sequence");
        }
    }

    private String literal() {
        int end = at + 1;
        while (end < text.length() && text.charAt(end) != '\'' && text.charAt(end) != '\n') {
            end++;
        }
        if (end >= text.length() || text.charAt(end) != '\'') {
            throw unexpected("the closing '");
        }
        String out = text.substring(at + 1, end);
        at = end + 1;
        return out;
    }

    private String multiLineLiteral() {
        int end = text.indexOf("'''", at + 3);
        if (end < 0) {
            throw unexpected("the closing '''");
        }
        String out = text.substring(at + 3, end).replaceFirst("^\\r?\\n", "");
        at = end + 3;
        return out;
    }

    private void endOfLine() {
        skipSpace();
        skipComment();
        take("\r");
        if (at < text.length() && !take("\n")) {
            throw unexpected("the end of the line");
        }
    }

    private void skipBlank() {
        while (at < text.length()) {
            if (Character.isWhitespace(peek())) {
                at++;
            } else if (peek() == '#') {
                skipComment();
            } else {
                return;
            }
        }
    }

    private void skipSpace() {
        while (at < text.length() && (peek() == ' ' || peek() == '\t')) {
            at++;
        }
    }

    private void skipComment() {
        if (at < text.length() && peek() == '#') {
            while (at < text.length() && peek() != '\n') {
                at++;
            }
        }
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private boolean take(String token) {
        if (!text.startsWith(token, at)) {
            return false;
        }
        at += token.length();
        return true;
    }

    private void expect(String token) {
        skipSpace();
        if (!take(token)) {
            throw unexpected("'" + token + "'");
        }
    }

    private TomlError unexpected(String wanted) {
        String found = at >= text.length() ? "the end of the file" : peek() == '\n' ? "end of line" : "'" + peek() + "'";
        return error("Unexpected " + found + ", expected " + wanted, at);
    }

    private TomlError error(String message, int position) {
        String before = text.substring(0, position);
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        return new TomlError(message, line, position - before.lastIndexOf('\n'));
    }

    @SuppressWarnings("unchecked")
    private static List<Object> elements(Object list) {
        return (List<Object>) list;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> entries(Object map) {
        return (Map<String, Object>) map;
    }
}
