package org.aarun.standin.conf;

import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What rendered files leave open until the server runs: ${...}, and $secret{alias}, which the vault reads. Unknown
 * placeholders stay as they are.
 */
public final class Placeholders {
    private static final Pattern VALUE = Pattern.compile("\\$\\{([^}]+)}");
    private static final Pattern SECRET = Pattern.compile("\\$secret\\{([^}]*)}");

    private final Map<String, String> values = new HashMap<>();
    private UnaryOperator<String> vault = alias -> "$secret{" + alias + "}";

    public void set(String name, Object value) {
        values.put(name, value.toString());
    }

    public void readSecretsWith(UnaryOperator<String> reader) {
        vault = reader;
    }

    public String resolve(String text) {
        Matcher matcher = VALUE.matcher(text);
        StringBuffer out = new StringBuffer();
        while (matcher.find()) {
            String value = values.get(matcher.group(1));
            matcher.appendReplacement(out, Matcher.quoteReplacement(value == null ? matcher.group() : resolve(value)));
        }
        return SECRET.matcher(matcher.appendTail(out)).replaceAll(found -> Matcher.quoteReplacement(vault.apply(found.group(1))));
    }
}
