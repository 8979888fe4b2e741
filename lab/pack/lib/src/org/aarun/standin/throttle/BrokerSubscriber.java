package org.aarun.standin.throttle;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.aarun.standin.json.Json;
import org.aarun.standin.log.Log;

/** Listens to topics of a broker for ever, reconnecting every second. Up to 3.2 it reads maps and JSON, from 4.0 on JSON only. */
final class BrokerSubscriber {
    private static final Log LOG = Log.of("org.wso2.carbon.apimgt.common.jms.JMSTaskManager");
    private static final Log LISTENER = Log.of("org.wso2.carbon.apimgt.common.jms.JMSMessageListener");

    private final BrokerLogin login;
    private final List<String> topics;
    private final BiConsumer<String, Map<String, Object>> onMessage;
    private final boolean readsMaps;
    private boolean failing;

    BrokerSubscriber(BrokerLogin login, List<String> topics, boolean readsMaps, BiConsumer<String, Map<String, Object>> onMessage) {
        this.login = login;
        this.topics = topics;
        this.readsMaps = readsMaps;
        this.onMessage = onMessage;
        Acceptor.daemon("JMS-listener", this::run);
    }

    private void run() {
        while (true) {
            try (Lines lines = login.connect()) {
                listen(lines);
            } catch (IOException e) {
                if (!failing) {
                    LOG.error("Error while listening to " + topics + ": " + e.getMessage());
                }
                failing = true;
            }
            try {
                Thread.sleep(1000);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void listen(Lines lines) throws IOException {
        lines.ask("SUBSCRIBE " + String.join(",", topics));
        lines.socket.setSoTimeout(0);
        LOG.info("Subscribed to " + topics + " at " + lines.socket.getRemoteSocketAddress());
        failing = false;
        while (true) {
            String[] words = lines.read().split(" ", 5);
            try {
                receive(words[2], words[3], words[4]);
            } catch (RuntimeException e) {
                LOG.error("Event dropped: " + e.getMessage(), e);
            }
            lines.write("ACK " + words[1]);
        }
    }

    private void receive(String topic, String format, String message) {
        if (format.equals("map") && !readsMaps) {
            LISTENER.warn("Event dropped due to unsupported message type class org.wso2.andes.client.message.AMQPEncodedMapMessage");
        } else {
            onMessage.accept(topic, Json.object(message));
        }
    }
}
