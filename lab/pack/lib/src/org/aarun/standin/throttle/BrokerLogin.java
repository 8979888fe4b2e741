package org.aarun.standin.throttle;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import javax.net.SocketFactory;

/** Connects to the first reachable broker of a list, with the credentials in an AMQP URL, as the product's JNDI file has them. */
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
        String[] pair = throughUrl();
        String answer = lines.ask("CONNECT " + Lines.encode(pair[0]) + " " + Lines.encode(pair[1]));
        if (!answer.equals("OK")) {
            lines.close();
            throw new NotAllowed();
        }
        return lines;
    }

    /** An '@', '#' or '/' in the password breaks the URL, and the broker sees something else. */
    private String[] throughUrl() {
        try {
            String info = new URI("amqp://" + user + ":" + password + "@clientid/carbon").getUserInfo();
            String[] pair = info == null ? new String[0] : info.split(":", 2);
            return pair.length == 2 ? pair : new String[] {"", ""};
        } catch (URISyntaxException e) {
            return new String[] {"", ""};
        }
    }

    static final class NotAllowed extends IOException {
        private static final long serialVersionUID = 1;

        NotAllowed() {
            super("JMSException: Error creating connection: not allowed");
        }
    }
}
