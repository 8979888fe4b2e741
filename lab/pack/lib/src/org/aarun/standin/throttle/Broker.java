package org.aarun.standin.throttle;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ServerSocketFactory;
import org.aarun.standin.Ports;
import org.aarun.standin.identity.UserStore;
import org.aarun.standin.log.Log;

/**
 * The node's message broker on 5672, and with TLS on 8672: CONNECT user password, then SUBSCRIBE topic,topic or PUBLISH topic format message. A publication
 * is acknowledged when the subscribers have acknowledged it, so that a decision is in force when the caller goes on.
 */
public final class Broker {
    private static final Log LOG = Log.of("org.wso2.andes.server.security.auth.manager.PrincipalDatabaseAuthenticationManager");

    private final UserStore users;
    private final Map<String, List<Subscriber>> topics = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();

    public Broker(UserStore users, Ports ports, ServerSocketFactory tls, String[] protocols) {
        this.users = users;
        Acceptor.open("andes", ports.broker(), ServerSocketFactory.getDefault(), null, this::serve);
        Acceptor.open("andes", ports.brokerTls(), tls, protocols, this::serve);
    }

    private void serve(Lines lines) throws IOException {
        String[] hello = lines.read().split(" ");
        if (hello.length != 3 || !hello[0].equals("CONNECT") || !allowed(Lines.decode(hello[1]), Lines.decode(hello[2]))) {
            lines.write("ERROR not allowed");
            return;
        }
        lines.write("OK");
        Subscriber subscriber = new Subscriber(lines);
        try {
            while (true) {
                String[] words = lines.read().split(" ", 4);
                if (words[0].equals("SUBSCRIBE")) {
                    lines.write("OK");
                    for (String topic : words[1].split(",")) {
                        topics.computeIfAbsent(topic, t -> new CopyOnWriteArrayList<>()).add(subscriber);
                    }
                } else if (words[0].equals("PUBLISH")) {
                    publish(words[1], words[2] + " " + words[3]);
                    lines.write("OK");
                } else if (words[0].equals("ACK")) {
                    subscriber.acknowledged(Long.parseLong(words[1]));
                }
            }
        } finally {
            topics.values().forEach(list -> list.remove(subscriber));
        }
    }

    private boolean allowed(String user, String password) {
        try {
            if (users.authenticate(user, password)) {
                return true;
            }
        } catch (SQLException e) {
            LOG.error("Error while authenticating a broker connection: " + e.getMessage());
        }
        LOG.warn("Broker connection of user " + user + " refused: not allowed");
        return false;
    }

    private void publish(String topic, String message) {
        for (Subscriber subscriber : topics.getOrDefault(topic, List.of())) {
            subscriber.deliver(ids.incrementAndGet(), topic, message);
        }
    }

    private static final class Subscriber {
        private final Lines lines;
        private final Map<Long, CompletableFuture<Void>> pending = new ConcurrentHashMap<>();

        Subscriber(Lines lines) {
            this.lines = lines;
        }

        void deliver(long id, String topic, String message) {
            CompletableFuture<Void> answer = new CompletableFuture<>();
            pending.put(id, answer);
            try {
                lines.write("MESSAGE " + id + " " + topic + " " + message);
                answer.get(500, TimeUnit.MILLISECONDS);
            } catch (Exception slowOrGone) {
                // it gets the next decision; the publisher must not wait for it
            } finally {
                pending.remove(id);
            }
        }

        void acknowledged(long id) {
            CompletableFuture<Void> answer = pending.get(id);
            if (answer != null) {
                answer.complete(null);
            }
        }
    }
}
