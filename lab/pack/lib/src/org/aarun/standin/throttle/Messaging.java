package org.aarun.standin.throttle;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import org.aarun.standin.Ports;
import org.aarun.standin.config.Config;
import org.aarun.standin.config.LocalAddress;
import org.aarun.standin.identity.UserStore;
import org.aarun.standin.json.Json;
import org.aarun.standin.log.Log;
import org.aarun.standin.security.Tls;

/**
 * All that nodes tell each other, wired from [apim.throttling] and [apim.event_hub]:
 * gateway - events -> every url_group's traffic manager - decisions -> brokers -> gateways that listen there.
 */
public final class Messaging {
    private static final Log LOG = Log.of("org.wso2.carbon.apimgt.gateway.throttling.Messaging");
    private static final String THROTTLE = "throttleData";
    private static final String REVOCATION = "tokenRevocation";
    private static final String NOTIFICATION = "notification";

    public final Decisions decisions = new Decisions();
    private final Config config;
    private final Ports ports;
    private final SSLContext client;
    private final List<BrokerPublisher> decisionBrokers = new ArrayList<>();
    private final List<BrokerPublisher> hubBrokers = new ArrayList<>();
    private BrokerPublisher hubOwn;
    private EventPublisher calls;
    private EventPublisher notifications;
    private Consumer<Map<String, Object>> onNotification = message -> { };

    public Messaging(Config config, Ports ports, Tls tls, UserStore users, Policies policies) {
        this.config = config;
        this.ports = ports;
        this.client = tls.client;
        new Broker(users, ports.broker());
        TrafficManager traffic = new TrafficManager(policies, message -> decisionBrokers.forEach(b -> b.publish(THROTTLE, message)));
        new EventReceiver(users, ports.receiver(), ports.receiverTls(), tls.server.getServerSocketFactory(), event -> {
            if (NOTIFICATION.equals(event.get("stream"))) {
                hubOwn.publish(NOTIFICATION, Json.write(event));
            } else {
                traffic.count(event);
            }
        });
    }

    /** Connects to the brokers and receivers that the configuration names. */
    public void connect(Consumer<Map<String, Object>> onGatewayNotification) {
        this.onNotification = onGatewayNotification;
        List<Endpoint> own = endpoints("apim.throttling.throttle_decision_endpoints", List.of("tcp://" + LocalAddress.find() + ":" + ports.broker()));
        List<Endpoint> hub = endpoints("apim.event_hub.event_listening_endpoints",
            own.stream().map(e -> e.url).collect(Collectors.toList()));
        BrokerLogin throttleLogin = login(own, "apim.throttling");
        BrokerLogin hubLogin = login(hub, "apim.event_hub");

        decisionBrokers.add(new BrokerPublisher(throttleLogin));
        hubOwn = new BrokerPublisher(hubLogin);
        hubBrokers.add(hubOwn);
        List<Endpoint> duplicate = endpoints("apim.throttling.event_duplicate_url", List.of());
        if (!duplicate.isEmpty()) {
            decisionBrokers.add(new BrokerPublisher(login(duplicate, "apim.throttling")));
        }
        List<Endpoint> hubDuplicate = endpoints("apim.event_hub.event_duplicate_url",
            duplicate.stream().map(e -> e.url).collect(Collectors.toList()));
        if (!hubDuplicate.isEmpty()) {
            hubBrokers.add(new BrokerPublisher(login(hubDuplicate, "apim.event_hub")));
        }

        if (config.flag("apim.throttling.enable_decision_connection", true)) {
            new BrokerSubscriber(throttleLogin, List.of(THROTTLE), this::receive);
        }
        new BrokerSubscriber(hubLogin, List.of(REVOCATION, NOTIFICATION), this::receive);
        if (config.flag("apim.throttling.enable_data_publishing", true)) {
            calls = publisher("apim.throttling", "apim.throttling.url_group", "traffic_manager_urls", "traffic_manager_auth_urls");
        }
        notifications = publisher("apim.event_hub", "apim.event_hub.publish.url_group", "urls", "auth_urls");
    }

    /** Reports one call; on return the traffic managers within reach have counted it. */
    public void called(String key, String policy) {
        if (calls != null) {
            calls.send(Json.write(Json.of("stream", "request", "key", key, "policy", policy)));
        }
    }

    /** Tells the gateways that an API was deployed or undeployed (4.x). */
    public void notifyGateways(Map<String, Object> event) {
        event.put("stream", NOTIFICATION);
        notifications.send(Json.write(event));
    }

    public void tokenRevoked(String tokenId) {
        String message = Json.write(Json.of("revokedToken", tokenId));
        hubBrokers.forEach(broker -> broker.publish(REVOCATION, message));
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

    private EventPublisher publisher(String credentials, String groups, String urls, String authUrls) {
        String local = LocalAddress.find();
        String[] self = {"tcp://" + local + ":" + ports.receiver(), "ssl://" + local + ":" + ports.receiverTls()};
        SocketFactory tls = client.getSocketFactory();
        return new EventPublisher(config.tables(groups), urls, authUrls, self, tls,
            config.text(credentials + ".username"), config.text(credentials + ".password"));
    }

    private BrokerLogin login(List<Endpoint> brokers, String credentials) {
        return new BrokerLogin(brokers, config.text(credentials + ".username"), config.text(credentials + ".password"));
    }

    private List<Endpoint> endpoints(String path, List<String> otherwise) {
        List<String> urls = config.texts(path);
        List<Endpoint> out = new ArrayList<>();
        for (String url : urls.isEmpty() ? otherwise : urls) {
            try {
                out.add(new Endpoint(url));
            } catch (IllegalArgumentException e) {
                LOG.error("Invalid broker URL in " + path + ": " + e.getMessage());
            }
        }
        return out;
    }
}
