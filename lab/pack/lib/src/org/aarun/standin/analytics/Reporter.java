package org.aarun.standin.analytics;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.aarun.standin.Version;
import org.aarun.standin.conf.Configuration;
import org.aarun.standin.conf.XmlConf;
import org.aarun.standin.gateway.Outbound;
import org.aarun.standin.security.Tls;

/** Where events of calls go: 3.x to stream processors, 4.x to what <Type> names; nowhere when analytics is off. */
public interface Reporter {
    void report(Map<String, Object> event);

    static Reporter of(Configuration configuration, Version version, Tls tls) throws IOException {
        XmlConf analytics = configuration.apiManager().all("Analytics").get(0);
        if (!analytics.text("Enabled").equals("true")) {
            return event -> { };
        }
        if (!version.atLeast(4, 0)) {
            return new StreamProcessorReporter(analytics, tls);
        }
        // Of secrets the product resolves that of AuthToken only (APIManagerConfiguration.readChildElements).
        Map<String, String> properties = new HashMap<>();
        analytics.all("Properties/Property").forEach(property -> properties.put(property.attribute("name"), property.raw()));
        switch (analytics.text("Type")) {
            case "elk":
                return new ElkReporter(configuration);
            case "moesif":
                return new MoesifReporter(properties, new Outbound(tls));
            default:
                return new ChoreoReporter(properties.getOrDefault("auth.api.url", ""), analytics.text("AuthToken"), new Outbound(tls));
        }
    }
}
