package org.aarun.standin.publisher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.aarun.standin.config.Config;
import org.aarun.standin.gateway.ApiArtifact;
import org.aarun.standin.gateway.Outbound;
import org.aarun.standin.json.Json;
import org.aarun.standin.log.Log;
import org.aarun.standin.web.Response;

/** 3.x: an authenticated call to the service_url of every [[apim.gateway.environment]]. */
public final class PushDeployer implements Deployer {
    private static final Log LOG = Log.of("org.wso2.carbon.apimgt.impl.utils.APIGatewayAdminClient");

    private final Config config;
    private final Outbound outbound;

    public PushDeployer(Config config, Outbound outbound) {
        this.config = config;
        this.outbound = outbound;
    }

    @Override
    public void deploy(ApiRecord api, String revision) throws IOException {
        ApiArtifact artifact = api.artifact();
        push(Json.of("action", "deploy", "fileName", artifact.fileName(), "xml", artifact.toXml()));
    }

    @Override
    public void undeploy(ApiRecord api) throws IOException {
        push(Json.of("action", "undeploy", "fileName", ApiArtifact.fileName(api.provider, api.text("name"), api.text("version"))));
    }

    private void push(Map<String, Object> message) throws IOException {
        for (Config environment : config.tables("apim.gateway.environment")) {
            String url = environment.text("service_url").replaceFirst("/?$", "/") + "APIGatewayAdmin";
            String credentials = environment.text("username") + ":" + environment.text("password");
            Map<String, String> headers = Map.of("Content-Type", "application/json", "Authorization",
                "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
            try {
                Response answer = outbound.call("POST", url, headers, Json.write(message).getBytes(StandardCharsets.UTF_8));
                if (answer.status != 200) {
                    throw new IOException(answer.status + " " + new String(answer.body, StandardCharsets.UTF_8));
                }
            } catch (IOException e) {
                LOG.error("Error while publishing to the gateway environment " + environment.text("name") + " at " + url + ": " + e.getMessage(), e);
                throw new IOException("Failed to publish to the environment " + environment.text("name") + ": " + e.getMessage(), e);
            }
        }
    }
}
