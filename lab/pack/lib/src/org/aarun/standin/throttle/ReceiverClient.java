package org.aarun.standin.throttle;

import java.io.IOException;
import javax.net.SocketFactory;
import org.aarun.standin.log.Log;

/** One receiver of events: a login over TLS gives the session with which events go over plain TCP. */
final class ReceiverClient {
    private static final Log LOG = Log.of("org.wso2.carbon.databridge.agent.endpoint.DataEndpointConnectionWorker");

    private final Endpoint events;
    private final Endpoint authentication;
    private final SocketFactory tls;
    private final String user;
    private final String password;
    private Lines lines;
    private String session;
    private boolean failing;
    private long nextAttempt;

    ReceiverClient(Endpoint events, Endpoint authentication, SocketFactory tls, String user, String password) {
        this.events = events;
        this.authentication = authentication;
        this.tls = tls;
        this.user = user;
        this.password = password;
        Acceptor.daemon("DataEndpoint", this::keepConnected);
    }

    /** Whether the receiver took the event. */
    synchronized boolean send(String event) {
        for (int attempt = 0; attempt < 2; attempt++) {
            boolean reused = lines != null;
            if (!reused && !connect()) {
                return false;
            }
            try {
                if (lines.ask("EVENT " + session + " " + event).equals("OK")) {
                    return true;
                }
            } catch (IOException e) {
                // a connection that has gone stale: once more with a fresh one
            }
            disconnect();
            if (!reused) {
                return false;
            }
        }
        return false;
    }

    /** Refusals come back at once and may be repeated soon; a silent host costs a timeout, so it is left alone longer. */
    private boolean connect() {
        long start = System.currentTimeMillis();
        if (start < nextAttempt) {
            return false;
        }
        try {
            session = login();
            lines = new Lines(events.connect(SocketFactory.getDefault(), 1000));
            LOG.info("Connected to the traffic manager " + events.url);
            failing = false;
            return true;
        } catch (IOException e) {
            long took = System.currentTimeMillis() - start;
            nextAttempt = start + took + (took < 200 ? 200 : 10_000);
            if (!failing) {
                LOG.error("Error while trying to connect to the endpoint. Cannot borrow client for " + authentication.url + ": "
                    + e.getMessage(), e);
            }
            failing = true;
            return false;
        }
    }

    private String login() throws IOException {
        try (Lines secure = new Lines(authentication.connect(tls, 1000))) {
            String[] answer = secure.ask("LOGIN " + Lines.encode(user) + " " + Lines.encode(password)).split(" ");
            if (!answer[0].equals("SESSION")) {
                throw new IOException("Error while trying to login to data receiver " + authentication.url + ": not allowed");
            }
            return answer[1];
        }
    }

    private void disconnect() {
        if (lines != null) {
            lines.close();
        }
        lines = null;
    }

    private void keepConnected() {
        try {
            while (true) {
                synchronized (this) {
                    if (lines == null) {
                        connect();
                    }
                }
                Thread.sleep(1000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
