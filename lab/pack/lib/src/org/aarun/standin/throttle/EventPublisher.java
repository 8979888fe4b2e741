package org.aarun.standin.throttle;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;
import org.aarun.standin.config.Config;
import org.aarun.standin.log.Log;

/**
 * Sends each event to every url_group. Inside a group, "loadbalance" alternates among the receivers and anything else
 * means failover. Without a group, the events go to this node only.
 */
final class EventPublisher {
    private static final Log LOG = Log.of("org.wso2.carbon.databridge.agent.DataPublisher");

    private final List<Group> groups = new ArrayList<>();

    private static final class Group {
        final List<ReceiverClient> receivers = new ArrayList<>();
        final AtomicInteger next = new AtomicInteger();
        boolean balance;

        boolean send(String event) {
            int first = balance ? Math.floorMod(next.getAndIncrement(), receivers.size()) : 0;
            for (int i = 0; i < receivers.size(); i++) {
                if (receivers.get((first + i) % receivers.size()).send(event)) {
                    return true;
                }
            }
            return false;
        }
    }

    EventPublisher(List<Config> urlGroups, String urls, String authUrls, String[] self, SocketFactory tls, String user, String password) {
        for (Config urlGroup : urlGroups) {
            add(urlGroup.texts(urls), urlGroup.texts(authUrls), urlGroup.text("type").equals("loadbalance"), tls, user, password);
        }
        if (urlGroups.isEmpty()) {
            add(List.of(self[0]), List.of(self[1]), false, tls, user, password);
        }
    }

    private void add(List<String> urls, List<String> authUrls, boolean balance, SocketFactory tls, String user, String password) {
        Group group = new Group();
        group.balance = balance;
        for (int i = 0; i < urls.size(); i++) {
            try {
                Endpoint events = new Endpoint(urls.get(i));
                Endpoint authentication = new Endpoint(i < authUrls.size() ? authUrls.get(i)
                    : "ssl://" + events.host + ":" + (events.port + 100));
                group.receivers.add(new ReceiverClient(events, authentication, tls, user, password));
            } catch (IllegalArgumentException e) {
                LOG.error("DataEndpointConfigurationException: Invalid receiver URL: " + e.getMessage());
            }
        }
        if (!group.receivers.isEmpty()) {
            groups.add(group);
        }
    }

    void send(String event) {
        for (Group group : groups) {
            if (!group.send(event)) {
                LOG.warn("No receiver of a group is reachable; the event is dropped");
            }
        }
    }
}
