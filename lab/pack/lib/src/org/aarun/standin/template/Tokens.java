package org.aarun.standin.template;

import java.util.ArrayList;
import java.util.List;

/** Cuts a template into text, {{ output }} and {% tags %}, and applies the whitespace rules. */
final class Tokens {
    enum Kind { TEXT, OUTPUT, TAG }

    static final class Token {
        final Kind kind;
        final String text;

        Token(Kind kind, String text) {
            this.kind = kind;
            this.text = text;
        }

        String word() {
            return text.split("\\s+", 2)[0];
        }

        String rest() {
            String[] parts = text.split("\\s+", 2);
            return parts.length == 2 ? parts[1] : "";
        }
    }

    private final String source;
    private final List<Token> out = new ArrayList<>();
    private boolean trimNext;
    private boolean newlineGoes;

    private Tokens(String source) {
        this.source = source;
    }

    static List<Token> of(String source) {
        Tokens tokens = new Tokens(source);
        tokens.cut();
        return tokens.out;
    }

    private void cut() {
        int from = 0;
        while (true) {
            int open = opening(from);
            if (open < 0) {
                text(source.substring(from), false, false);
                return;
            }
            char kind = source.charAt(open + 1);
            String closing = kind == '{' ? "}}" : kind == '%' ? "%}" : "#}";
            int close = source.indexOf(closing, open + 2);
            if (close < 0) {
                throw new IllegalArgumentException("no " + closing + " after " + source.substring(open, Math.min(source.length(), open + 40)));
            }
            String inside = source.substring(open + 2, close);
            text(source.substring(from, open), inside.startsWith("-"), kind != '{');
            trimNext = inside.endsWith("-");
            newlineGoes = kind != '{';
            String bare = inside.replaceFirst("^-", "").replaceFirst("-$", "").trim();
            if (kind != '#') {
                out.add(new Token(kind == '{' ? Kind.OUTPUT : Kind.TAG, bare));
            }
            from = close + 2;
        }
    }

    private int opening(int from) {
        for (int i = from; i < source.length() - 1; i++) {
            if (source.charAt(i) == '{' && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private void text(String text, boolean trimEnd, boolean beforeTag) {
        String kept = text;
        if (trimNext) {
            kept = kept.replaceFirst("^\\s+", "");
        } else if (newlineGoes) {
            kept = kept.replaceFirst("^\\r?\\n", "");
        }
        if (trimEnd) {
            kept = kept.replaceFirst("\\s+$", "");
        } else if (beforeTag) {
            int line = kept.lastIndexOf('\n') + 1;
            boolean startsLine = line > 0 || out.isEmpty() || newlineGoes && kept.length() < text.length();
            if (startsLine && kept.substring(line).isBlank()) {
                kept = kept.substring(0, line);
            }
        }
        if (!kept.isEmpty()) {
            out.add(new Token(Kind.TEXT, kept));
        }
    }
}
