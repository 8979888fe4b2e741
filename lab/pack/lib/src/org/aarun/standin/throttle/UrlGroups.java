package org.aarun.standin.throttle;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** "{tcp://a,tcp://b},{tcp://c|tcp://d}": groups; "," in a group spreads the events, "|" means failover. A bare URL is a group. */
final class UrlGroups {
    private static final Pattern BRACES = Pattern.compile("\\{([^}]*)}");

    private UrlGroups() {
    }

    static List<List<String>> of(String text) {
        List<List<String>> out = new ArrayList<>();
        for (String group : groups(text)) {
            List<String> urls = new ArrayList<>();
            for (String url : group.split("[,|]")) {
                urls.add(url.trim());
            }
            out.add(urls);
        }
        return out;
    }

    static boolean spreads(String text, int group) {
        return !groups(text).get(group).contains("|");
    }

    private static List<String> groups(String text) {
        List<String> out = new ArrayList<>();
        for (Matcher matcher = BRACES.matcher(text); matcher.find();) {
            out.add(matcher.group(1));
        }
        return out.isEmpty() && !text.isBlank() ? List.of(text) : out;
    }
}
