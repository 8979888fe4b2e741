package org.aarun.standin.throttle;

import java.io.IOException;
import org.aarun.standin.log.Log;

/** Publishes on one broker, connecting when needed. A broker that is away is left alone for a moment. */
final class BrokerPublisher {
    private static final Log LOG = Log.of("org.wso2.carbon.event.output.adapter.jms.internal.util.JMSConnectionFactory");

    private final BrokerLogin login;
    private Lines lines;
    private long nextAttempt;
    private boolean failing;

    BrokerPublisher(BrokerLogin login) {
        this.login = login;
    }

    synchronized void publish(String topic, String format, String message) {
        long start = System.currentTimeMillis();
        for (int attempt = 0; attempt < 2; attempt++) {
            boolean reused = lines != null;
            try {
                if (!reused) {
                    if (start < nextAttempt) {
                        return;
                    }
                    lines = login.connect();
                    failing = false;
                }
                lines.ask("PUBLISH " + topic + " " + format + " " + message);
                return;
            } catch (IOException e) {
                forget();
                if (!reused) {
                    report(e, start);
                    return;
                }
            }
        }
    }

    private void forget() {
        if (lines != null) {
            lines.close();
        }
        lines = null;
    }

    /** A refusal comes back at once and may be repeated soon; a silent host costs a timeout, so it is left alone longer. */
    private void report(IOException e, long start) {
        long now = System.currentTimeMillis();
        nextAttempt = now + (now - start < 200 ? 200 : 10_000);
        if (!failing) {
            LOG.error("OutputEventAdapterRuntimeException: JMSConnectionFactory Error acquiring a Connection: " + e.getMessage());
        }
        failing = true;
    }
}
