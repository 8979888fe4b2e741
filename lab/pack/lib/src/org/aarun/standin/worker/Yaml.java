package org.aarun.standin.worker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Block style YAML, as deployment.yaml has it: mappings, lists, texts with and without quotes, comments, anchors. */
final class Yaml {
    private static final Pattern ENTRY = Pattern.compile("(?:\"([^\"]*)\"|'([^']*)'|([^\\s'\"#-][^#]*?|-[^\\s#][^#]*?))\\s*:(?:\\s+(.*))?");

    private static final class Line {
        final int indent;
        final String text;

        Line(int indent, String text) {
            this.indent = indent;
            this.text = text;
        }
    }

    private final List<Line> lines = new ArrayList<>();
    private int at;

    private Yaml(String document) {
        for (String line : document.split("\n")) {
            String text = line.replaceFirst("(^|\\s)#.*$", "").stripTrailing();
            if (!text.isBlank()) {
                add(text.length() - text.stripLeading().length(), text.strip());
            }
        }
    }

    /** "- a: 1" is a dash, and a line that begins where "a" does. */
    private void add(int indent, String text) {
        if (text.equals("-") || text.startsWith("- ")) {
            lines.add(new Line(indent, "-"));
            String rest = text.substring(1).stripLeading().replaceFirst("^&\\S+\\s*", "");
            if (!rest.isEmpty()) {
                add(indent + text.length() - text.substring(1).stripLeading().length(), rest);
            }
        } else {
            lines.add(new Line(indent, text));
        }
    }

    static Map<String, Object> read(String document) {
        Yaml yaml = new Yaml(document);
        return yaml.lines.isEmpty() ? new LinkedHashMap<>() : yaml.mapping(yaml.lines.get(0).indent);
    }

    private Object value(int parent, boolean listsMayStandOut) {
        if (at >= lines.size()) {
            return "";
        }
        Line line = lines.get(at);
        boolean list = line.text.equals("-");
        if (line.indent < parent || line.indent == parent && !(list && listsMayStandOut)) {
            return "";
        }
        if (list) {
            return list(line.indent);
        }
        return ENTRY.matcher(line.text).matches() ? mapping(line.indent) : scalar(lines.get(at++).text);
    }

    private Map<String, Object> mapping(int indent) {
        Map<String, Object> out = new LinkedHashMap<>();
        while (at < lines.size() && lines.get(at).indent == indent && !lines.get(at).text.equals("-")) {
            Matcher entry = ENTRY.matcher(lines.get(at).text);
            if (!entry.matches()) {
                throw new IllegalArgumentException("not a mapping: " + lines.get(at).text);
            }
            at++;
            String key = entry.group(1) != null ? entry.group(1) : entry.group(2) != null ? entry.group(2) : entry.group(3);
            String rest = entry.group(4) == null ? "" : entry.group(4).strip();
            out.put(key, rest.isEmpty() ? value(indent, true) : scalar(rest));
        }
        return out;
    }

    private List<Object> list(int indent) {
        List<Object> out = new ArrayList<>();
        while (at < lines.size() && lines.get(at).indent == indent && lines.get(at).text.equals("-")) {
            at++;
            out.add(value(indent, false));
        }
        return out;
    }

    private static String scalar(String text) {
        boolean quoted = text.length() > 1 && (text.startsWith("'") && text.endsWith("'") || text.startsWith("\"") && text.endsWith("\""));
        return quoted ? text.substring(1, text.length() - 1).replace("''", "'") : text;
    }
}
