package org.aarun.standin.analytics;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.aarun.standin.gateway.Outbound;
import org.aarun.standin.json.Json;
import org.aarun.standin.web.Response;

/**
 * The service of the vendor: the on-prem key buys a signed address of an event hub, and events go there. The product speaks
 * AMQP with it; here it is the hub's other protocol, HTTPS.
 */
final class ChoreoReporter extends CloudReporter {
    private final String endpoint;
    private final String key;
    private final Outbound outbound;
    private String signed;

    ChoreoReporter(String endpoint, String key, Outbound outbound) {
        super("org.wso2.am.analytics.publisher.client.EventHubClient");
        this.endpoint = endpoint;
        this.key = key;
        this.outbound = outbound;
    }

    @Override
    void send(Map<String, Object> event) throws IOException {
        if (signed == null) {
            Response answer = outbound.call("GET", endpoint.replaceFirst("/$", "") + "/token", Map.of("Authorization", "Bearer " + key), new byte[0]);
            if (answer.status != 200) {
                throw new IOException("Invalid apim.analytics configurations provided: " + answer.status + " of " + endpoint);
            }
            signed = String.valueOf(Json.object(new String(answer.body, StandardCharsets.UTF_8)).get("token"));
        }
        String hub = java.net.URLDecoder.decode(signed.replaceFirst(".*sr=([^&]*).*", "$1"), StandardCharsets.UTF_8).replaceFirst("^sb:", "https:");
        Response answer = outbound.call("POST", hub + "/messages", Map.of("Authorization", signed, "Content-Type", "application/json"),
            Json.write(event).getBytes(StandardCharsets.UTF_8));
        if (answer.status != 201) {
            signed = null;
            throw new IOException("the event hub answers " + answer.status);
        }
    }
}
