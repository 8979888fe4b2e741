package org.aarun.standin.throttle;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.SocketFactory;
import org.aarun.standin.Settings;
import org.aarun.standin.Version;
import org.aarun.standin.conf.Configuration;
import org.aarun.standin.conf.XmlConf;
import org.aarun.standin.identity.UserStore;
import org.aarun.standin.json.Json;
import org.aarun.standin.security.Protocols;
import org.aarun.standin.security.Tls;

/**
 * All that nodes tell each other:
 * gateway - events -> every url_group's traffic manager - event publishers -> brokers -> gateways that listen there.
 */
public final class Messaging {
    private static final String THROTTLE = "throttleData";
    private static final String REVOCATION = "tokenRevocation";
    private static final String NOTIFICATION = "notification";
    /** A decision takes its time, so calls in the meantime get through. */
    private static final long DECISION_DELAY = Settings.number("APIM_STANDIN_DECISION_DELAY_MS", 400);

    public final Decisions decisions = new Decisions();
    private final Configuration configuration;
    private final SocketFactory client;
    private final boolean readsMaps;
    private final boolean eventHub;
    private final ScheduledExecutorService processor = Executors.newScheduledThreadPool(2, Acceptor.daemons("Siddhi"));
    private Streams streams;
    private EventPublisher calls;
    private EventPublisher notifications;
    private Consumer<Map<String, Object>> onNotification = message -> { };

    public Messaging(Configuration configuration, Version version, Tls tls, UserStore users, Policies policies) throws IOException {
        this.configuration = configuration;
        this.client = tls.client.getSocketFactory();
        this.readsMaps = !version.atLeast(4, 0);
        this.eventHub = version.atLeast(3, 2);
        XmlConf brokerTls = configuration.file("broker.xml").all("connector/ssl").get(0);
        new Broker(users, configuration.ports, tls.server.getServerSocketFactory(), Protocols.of(brokerTls.text("sslEnabledProtocols")));
        TrafficManager traffic = new TrafficManager(policies, (level, decision) -> processor.schedule(() ->
            streams.emit(level == Level.API ? Streams.THROTTLE_CONDITIONS : Streams.THROTTLE, decision), DECISION_DELAY, TimeUnit.MILLISECONDS));
        String[] protocols = Protocols.of(receiverSetting("sslEnabledProtocols"));
        new EventReceiver(users::authenticate, configuration.ports.receiver(), configuration.ports.receiverTls(), tls.server.getServerSocketFactory(), protocols, event -> {
            if (NOTIFICATION.equals(event.get("stream"))) {
                streams.emit(Streams.NOTIFICATION, event);
            } else if (REVOCATION.equals(event.get("stream"))) {
                streams.emit(Streams.REVOCATION, event);
            } else {
                traffic.count(event);
            }
        });
    }

    /** A setting of the event receiver; the file may not name it as it should. */
    private String receiverSetting(String name) throws IOException {
        return configuration.file("data-bridge/data-bridge-config.xml").all("dataReceivers/dataReceiver/config").stream()
            .filter(config -> config.attribute("name").equals(name)).findFirst().map(XmlConf::text).orElse("");
    }

    /** Connects to the brokers and receivers that the configuration names. */
    public void connect(Consumer<Map<String, Object>> onGatewayNotification) throws IOException {
        this.onNotification = onGatewayNotification;
        XmlConf apiManager = configuration.apiManager();
        XmlConf throttling = apiManager.all("ThrottlingConfigurations").get(0);
        streams = new Streams(configuration);
        if (!throttling.text("JMSConnectionDetails/Enabled").equals("false")) {
            listen(throttling.text("JMSConnectionDetails/JMSConnectionParameters/connectionfactory.TopicConnectionFactory"),
                eventHub ? List.of(THROTTLE) : List.of(THROTTLE, REVOCATION));
        }
        if (!throttling.text("DataPublisher/Enabled").equals("false")) {
            calls = publisher(throttling.all("TrafficManager").get(0), throttling.all("TrafficManager").get(0));
        }
        if (eventHub) {
            XmlConf hub = apiManager.all("EventHub").get(0);
            listen(hub.text("EventConsumerConfiguration/TopicConnectionFactory"), List.of(REVOCATION, NOTIFICATION));
            notifications = publisher(hub.all("EventPublisher").get(0), hub);
        }
    }

    private void listen(String url, List<String> topics) {
        new BrokerSubscriber(AmqpUrl.login(url), topics, readsMaps, this::receive);
    }

    private EventPublisher publisher(XmlConf where, XmlConf credentials) {
        return new EventPublisher(where, client, credentials.text("Username"), credentials.text("Password"));
    }

    /** Reports one call. Whether it was one too many is known later. */
    public void called(Level level, String key, String policy) {
        if (calls != null) {
            calls.send(Json.write(Json.of("stream", "request", "level", level.name(), "key", key, "policy", policy)));
        }
    }

    /** Tells the gateways that an API or a subscription has changed. */
    public void notifyGateways(Map<String, Object> event) {
        if (notifications != null) {
            event.put("stream", NOTIFICATION);
            notifications.send(Json.write(event));
        }
    }

    /** From 3.2 on it is the node's own event processor that is told; before, every traffic manager is, as of a call. */
    public void tokenRevoked(String tokenId) {
        Map<String, Object> event = Json.of("stream", REVOCATION, "revokedToken", tokenId);
        if (eventHub) {
            processor.execute(() -> streams.emit(Streams.REVOCATION, event));
        } else if (calls != null) {
            calls.send(Json.write(event));
        }
    }

    private void receive(String topic, Map<String, Object> message) {
        if (topic.equals(THROTTLE)) {
            decisions.throttled(message);
        } else if (topic.equals(REVOCATION)) {
            decisions.revoked(message);
        } else {
            onNotification.accept(message);
        }
    }
}
