package org.aarun.standin.analytics;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.aarun.standin.gateway.Outbound;
import org.aarun.standin.json.Json;
import org.aarun.standin.web.Response;

/** type = "moesif": events to the collector's API, with the application's key. */
final class MoesifReporter extends CloudReporter {
    private final String url;
    private final String key;
    private final Outbound outbound;

    MoesifReporter(Map<String, String> properties, Outbound outbound) {
        super("org.wso2.am.analytics.publisher.reporter.moesif.MoesifReporter");
        this.url = properties.getOrDefault("moesif_base_url", "https://api.moesif.net").replaceFirst("/$", "");
        this.key = properties.getOrDefault("moesifKey", "");
        this.outbound = outbound;
    }

    @Override
    void send(Map<String, Object> event) throws IOException {
        Response answer = outbound.call("POST", url + "/v1/events", Map.of("X-Moesif-Application-Id", key, "Content-Type", "application/json"),
            Json.write(event).getBytes(StandardCharsets.UTF_8));
        if (answer.status != 201 && answer.status != 200) {
            throw new IOException("Moesif answers " + answer.status);
        }
    }
}
