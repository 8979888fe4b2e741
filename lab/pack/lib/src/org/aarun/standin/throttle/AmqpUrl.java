package org.aarun.standin.throttle;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * amqp://user:password@clientid/carbon?brokerlist='tcp://a:5672?...;tcp://b:5672?...' as it stands in the rendered files. An
 * '@', '#' or '/' in the password breaks the URL, and the broker sees something else.
 */
final class AmqpUrl {
    private static final Pattern LIST = Pattern.compile("brokerlist='(.*)'$");
    private static final Pattern BROKER = Pattern.compile("(?:tcp|ssl)://[^?;']+");

    private AmqpUrl() {
    }

    static BrokerLogin login(String url) {
        Matcher list = LIST.matcher(url.trim());
        if (!url.trim().startsWith("amqp://") || !list.find()) {
            throw new IllegalArgumentException("no broker URL: " + url);
        }
        List<Endpoint> brokers = new ArrayList<>();
        for (Matcher broker = BROKER.matcher(list.group(1)); broker.find();) {
            brokers.add(new Endpoint(broker.group()));
        }
        String[] pair = credentials(url.trim().replaceFirst("\\?brokerlist=.*$", ""));
        return new BrokerLogin(brokers, pair[0], pair[1]);
    }

    private static String[] credentials(String url) {
        try {
            String info = new URI(url).getUserInfo();
            String[] pair = info == null ? new String[0] : info.split(":", 2);
            return pair.length == 2 ? pair : new String[] {"", ""};
        } catch (URISyntaxException e) {
            return new String[] {"", ""};
        }
    }
}
