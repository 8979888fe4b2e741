package org.aarun.standin.throttle;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.net.ServerSocketFactory;
import org.aarun.standin.json.Json;
import org.aarun.standin.log.Log;

/** A data bridge: a port for logins over TLS and one for events, such as 9711 and 9611 of a traffic manager. */
public final class EventReceiver {
    /** Who may publish. */
    public interface Login {
        boolean allows(String user, String password) throws SQLException;
    }

    private static final Log LOG = Log.of("org.wso2.carbon.databridge.receiver.binary.internal.BinaryDataReceiver");

    private final Login users;
    private final Consumer<Map<String, Object>> onEvent;
    private final Set<String> sessions = ConcurrentHashMap.newKeySet();

    public EventReceiver(Login users, int port, int tlsPort, ServerSocketFactory tls, String[] protocols, Consumer<Map<String, Object>> onEvent) {
        this.users = users;
        this.onEvent = onEvent;
        Acceptor.open("databridge", tlsPort, tls, protocols, this::login);
        Acceptor.open("databridge", port, ServerSocketFactory.getDefault(), null, this::events);
        LOG.info("Started Binary SSL Transport on port : " + tlsPort);
        LOG.info("Started Binary TCP Transport on port : " + port);
    }

    private void login(Lines lines) throws IOException {
        String[] words = lines.read().split(" ");
        String user = Lines.decode(words[1]);
        try {
            if (users.allows(user, Lines.decode(words[2]))) {
                String session = UUID.randomUUID().toString();
                sessions.add(session);
                lines.write("SESSION " + session);
                return;
            }
        } catch (SQLException e) {
            LOG.error("Error while authenticating a data publisher: " + e.getMessage());
        }
        LOG.error("Authentication failed for username " + user);
        lines.write("ERROR not allowed");
    }

    private void events(Lines lines) throws IOException {
        while (true) {
            String[] words = lines.read().split(" ", 3);
            if (words.length == 3 && sessions.contains(words[1])) {
                onEvent.accept(Json.object(words[2]));
                lines.write("OK");
            } else {
                lines.write("ERROR session expired");
            }
        }
    }
}
