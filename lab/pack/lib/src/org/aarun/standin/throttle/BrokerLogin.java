package org.aarun.standin.throttle;

import java.io.IOException;
import java.util.List;
import javax.net.SocketFactory;

/** Connects to the first reachable broker of a list. */
final class BrokerLogin {
    private final List<Endpoint> brokers;
    private final String user;
    private final String password;

    BrokerLogin(List<Endpoint> brokers, String user, String password) {
        this.brokers = brokers;
        this.user = user;
        this.password = password;
    }

    Lines connect() throws IOException {
        IOException last = new IOException("no broker is configured");
        for (Endpoint broker : brokers) {
            try {
                return login(new Lines(broker.connect(SocketFactory.getDefault(), 1000)));
            } catch (NotAllowed e) {
                throw e;
            } catch (IOException e) {
                last = new IOException("Unable to connect to broker at " + broker.url + ": " + e.getMessage(), e);
            }
        }
        throw last;
    }

    private Lines login(Lines lines) throws IOException {
        String answer = lines.ask("CONNECT " + Lines.encode(user) + " " + Lines.encode(password));
        if (!answer.equals("OK")) {
            lines.close();
            throw new NotAllowed();
        }
        return lines;
    }

    static final class NotAllowed extends IOException {
        private static final long serialVersionUID = 1;

        NotAllowed() {
            super("JMSException: Error creating connection: not allowed");
        }
    }
}
