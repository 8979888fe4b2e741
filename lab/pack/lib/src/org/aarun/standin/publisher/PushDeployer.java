package org.aarun.standin.publisher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.aarun.standin.conf.XmlConf;
import org.aarun.standin.gateway.ApiArtifact;
import org.aarun.standin.gateway.Outbound;
import org.aarun.standin.json.Json;
import org.aarun.standin.log.Log;
import org.aarun.standin.web.Response;

/** 3.x: an authenticated call to the service URL of each environment that the API names. An API that names none goes nowhere. */
public final class PushDeployer implements Deployer {
    private static final Log LOG = Log.of("org.wso2.carbon.apimgt.impl.utils.APIGatewayAdminClient");

    private final List<XmlConf> environments;
    private final Outbound outbound;

    public PushDeployer(List<XmlConf> environments, Outbound outbound) {
        this.environments = environments;
        this.outbound = outbound;
    }

    void deploy(ApiRecord api) throws IOException {
        ApiArtifact artifact = api.artifact();
        push(api, Json.of("action", "deploy", "fileName", artifact.fileName(), "xml", artifact.toXml()));
    }

    @Override
    public void undeploy(ApiRecord api) throws IOException {
        push(api, Json.of("action", "undeploy", "fileName", ApiArtifact.fileName(api.provider, api.text("name"), api.text("version"))));
    }

    private void push(ApiRecord api, Map<String, Object> message) throws IOException {
        for (XmlConf environment : environments) {
            if (!api.gatewayEnvironments().contains(environment.text("Name"))) {
                continue;
            }
            String url = environment.text("ServerURL").replaceFirst("/?$", "/") + "APIGatewayAdmin";
            String credentials = environment.text("Username") + ":" + environment.text("Password");
            Map<String, String> headers = Map.of("Content-Type", "application/json", "Authorization",
                "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
            try {
                Response answer = outbound.call("POST", url, headers, Json.write(message).getBytes(StandardCharsets.UTF_8));
                if (answer.status != 200) {
                    throw new IOException(answer.status + " " + new String(answer.body, StandardCharsets.UTF_8));
                }
            } catch (IOException e) {
                LOG.error("Error while publishing to the gateway environment " + environment.text("Name") + " at " + url + ": " + e.getMessage(), e);
                throw new IOException("Failed to publish to the environment " + environment.text("Name") + ": " + e.getMessage(), e);
            }
        }
    }
}
