package org.aarun.standin.throttle;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;
import org.aarun.standin.conf.XmlConf;
import org.aarun.standin.log.Log;

/**
 * Sends each event to every group of receivers, in its own time: a call does not wait for its event. Inside a group,
 * events are spread among the receivers, or go to the first that is reachable.
 */
public final class EventPublisher {
    private static final Log LOG = Log.of("org.wso2.carbon.databridge.agent.DataPublisher");

    private final List<Group> groups = new ArrayList<>();
    private final Executor queue = Executors.newSingleThreadExecutor(Acceptor.daemons("DataPublisher"));

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

    /** `where` has <ReceiverUrlGroup> and <AuthUrlGroup>. */
    EventPublisher(XmlConf where, SocketFactory tls, String user, String password) {
        this(where.text("ReceiverUrlGroup"), where.text("AuthUrlGroup"), tls, user, password);
    }

    /** Groups as in "{tcp://a,tcp://b},{tcp://c}". */
    public EventPublisher(String receivers, String authentication, SocketFactory tls, String user, String password) {
        List<List<String>> urls = UrlGroups.of(receivers);
        List<List<String>> authUrls = UrlGroups.of(authentication);
        for (int i = 0; i < urls.size(); i++) {
            add(urls.get(i), i < authUrls.size() ? authUrls.get(i) : List.of(), UrlGroups.spreads(receivers, i), tls, user, password);
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

    public void send(String event) {
        queue.execute(() -> {
            for (Group group : groups) {
                if (!group.send(event)) {
                    LOG.warn("No receiver of a group is reachable; the event is dropped");
                }
            }
        });
    }
}
