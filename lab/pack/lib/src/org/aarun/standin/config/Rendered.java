package org.aarun.standin.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.aarun.standin.Version;

/** The files made from deployment.toml. Values go into XML without escaping, as the product's templates do. */
final class Rendered {
    static final String DATASOURCES = "repository/conf/datasources/master-datasources.xml";
    static final String USERS = "repository/conf/user-mgt.xml";

    private Rendered() {
    }

    static Map<String, String> files(ConfigLoader loaded, Version version) {
        Config config = loaded.config;
        Map<String, String> out = new LinkedHashMap<>();
        out.put(DATASOURCES, datasources(config));
        out.put(USERS, users(config));
        out.put("repository/conf/jndi.properties", brokers(config, "apim.throttling.throttle_decision_endpoints"));
        out.put("repository/conf/jndi2.properties", brokers(config, "apim.throttling.event_duplicate_url"));
        out.put("repository/deployment/server/eventpublishers/jmsEventPublisher2.xml", duplicatePublisher(config));
        if (!version.artifactsInDatabase()) {
            out.put("repository/deployment/server/synapse-configs/default/inbound-endpoints/SecureWebSocketInboundEndpoint.xml",
                secureWebSocket(config));
        }
        return out;
    }

    private static String datasources(Config config) {
        StringBuilder out = new StringBuilder("<datasources-configuration>\n  <datasources>\n");
        for (String id : config.table("database").keySet()) {
            if (config.raw("database." + id) instanceof Map) {
                out.append(datasource(id, config));
            }
        }
        return out.append("  </datasources>\n</datasources-configuration>\n").toString();
    }

    private static String datasource(String id, Config config) {
        String path = "database." + id + ".";
        DatabaseType type = DatabaseType.of(config.text(path + "type", id.equals("local") ? "h2" : ""));
        StringBuilder out = new StringBuilder();
        out.append("    <datasource>\n      <name>").append(DatabaseType.datasourceName(id)).append("</name>\n")
            .append("      <definition type=\"RDBMS\">\n        <configuration>\n");
        element(out, "url", config.text(path + "url", type.url(config, path)));
        element(out, "username", raw(config, path + "username"));
        element(out, "password", raw(config, path + "password"));
        element(out, "driverClassName", config.text(path + "driver", type.driver));
        element(out, "validationQuery", config.text(path + "validationQuery", type.validationQuery));
        config.table(path + "pool_options").forEach((key, value) -> element(out, key, String.valueOf(value)));
        return out.append("        </configuration>\n      </definition>\n    </datasource>\n").toString();
    }

    private static String users(Config config) {
        StringBuilder out = new StringBuilder("<UserManager>\n  <Realm>\n    <Configuration>\n");
        element(out, "UserName", raw(config, "super_admin.username"));
        element(out, "Password", raw(config, "super_admin.password"));
        return out.append("    </Configuration>\n  </Realm>\n</UserManager>\n").toString();
    }

    private static String brokers(Config config, String path) {
        List<String> urls = config.texts(path);
        return "# rendered from deployment.toml by the stand-in\nbrokerlist = "
            + (urls.isEmpty() ? "tcp://${carbon.local.ip}:${jms.port}" : String.join(";", urls)) + "\n";
    }

    private static String duplicatePublisher(Config config) {
        boolean on = !config.texts("apim.throttling.event_duplicate_url").isEmpty();
        return "<eventPublisher name=\"jmsEventPublisher2\" processing=\"" + (on ? "enable" : "disable")
            + "\" xmlns=\"http://wso2.org/carbon/eventpublisher\"/>\n";
    }

    private static String secureWebSocket(Config config) {
        return "<inboundEndpoint name=\"SecureWebSocketInboundEndpoint\" protocol=\"wss\" suspend=\"false\">\n"
            + "  <parameter name=\"wss.ssl.key.store.file\">" + config.text("keystore.tls.file_name") + "</parameter>\n"
            + "</inboundEndpoint>\n";
    }

    /** Secrets stay references on the disk. */
    private static String raw(Config config, String path) {
        Object value = config.raw(path);
        return value == null ? "" : value.toString();
    }

    private static void element(StringBuilder out, String name, String value) {
        if (value != null && !value.isEmpty()) {
            out.append("          <").append(name).append('>').append(value).append("</").append(name).append(">\n");
        }
    }
}
