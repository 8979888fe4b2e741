package org.aarun.standin.throttle;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.aarun.standin.conf.Configuration;
import org.aarun.standin.conf.PropertiesFile;
import org.aarun.standin.conf.XmlConf;
import org.aarun.standin.json.Json;
import org.aarun.standin.log.Log;

/**
 * The event publishers in repository/deployment/server/eventpublishers: each takes one stream to a topic of the broker
 * that its JNDI file names. Shipped, rendered and hand-made ones alike; nothing else leaves a node's event processor.
 */
final class Streams {
    /** Decisions on applications and subscriptions have one version of the stream, those on APIs and resources another. */
    static final String THROTTLE = "org.wso2.throttle.globalThrottle.stream:1.0.0";
    static final String THROTTLE_CONDITIONS = "org.wso2.throttle.globalThrottle.stream:1.1.0";
    static final String REVOCATION = "org.wso2.apimgt.token.revocation.stream:1.0.0";
    static final String NOTIFICATION = "org.wso2.apimgt.notification.stream:1.0.0";
    private static final Log LOG = Log.of("org.wso2.carbon.event.publisher.core.EventPublisherDeployer");

    private static final class Route {
        String stream;
        String topic;
        String format;
        BrokerPublisher broker;
    }

    private final List<Route> routes = new ArrayList<>();

    Streams(Configuration configuration) throws IOException {
        Path folder = configuration.home.resolve("repository/deployment/server/eventpublishers");
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.xml")) {
                for (Path file : files) {
                    deploy(configuration, file);
                }
            }
        }
    }

    private void deploy(Configuration configuration, Path file) throws IOException {
        try {
            XmlConf publisher = configuration.file(file.toString());
            if (publisher.attribute("processing").equals("disable")) {
                return;
            }
            XmlConf from = publisher.all("from").get(0);
            Route route = new Route();
            route.stream = from.attribute("streamName") + ":" + from.attribute("version");
            route.format = publisher.all("mapping").get(0).attribute("type");
            route.topic = property(publisher, "transport.jms.Destination");
            Path jndi = configuration.home.resolve(property(publisher, "java.naming.provider.url"));
            route.broker = new BrokerPublisher(AmqpUrl.login(
                new PropertiesFile(jndi, configuration.placeholders).text("connectionfactory.TopicConnectionFactory")));
            routes.add(route);
        } catch (RuntimeException e) {
            LOG.error("Event publisher not deployed and in inactive state, " + file.getFileName() + ": " + e.getMessage(), e);
        }
    }

    private static String property(XmlConf publisher, String name) {
        return publisher.all("to/property").stream().filter(p -> p.attribute("name").equals(name)).findFirst()
            .map(XmlConf::text).orElseThrow(() -> new IllegalArgumentException(name + " is missing"));
    }

    void emit(String stream, Map<String, Object> event) {
        for (Route route : routes) {
            if (route.stream.equals(stream)) {
                route.broker.publish(route.topic, route.format, Json.write(event));
            }
        }
    }
}
