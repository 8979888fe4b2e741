package org.aarun.standin.worker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.aarun.standin.gateway.Outbound;
import org.aarun.standin.json.Json;
import org.aarun.standin.log.Log;
import org.aarun.standin.security.Tls;
import org.aarun.standin.web.Listener;
import org.aarun.standin.web.Response;
import org.aarun.standin.web.Router;

/** The dashboard of API Manager Analytics 3.x: its login registers it at the key manager of API Manager, and leads there. */
public final class Dashboard {
    private static final Log LOG = Log.of("org.wso2.carbon.dashboards");

    private Dashboard() {
    }

    public static void main(String[] args) {
        try {
            start(Deployment.open("dashboard"));
        } catch (Exception e) {
            LOG.error("Runtime could not be started: " + e.getMessage(), e);
            System.exit(1);
        }
    }

    private static void start(Deployment deployment) throws Exception {
        Map<String, Object> listener = Deployment.listener(deployment.at("wso2.transport.http"), "default-https");
        Tls tls = deployment.tls(listener.get("keyStoreFile"), listener.get("keyStorePassword"));
        Map<String, Object> auth = Deployment.table(deployment.at("auth.configs").get("properties"));
        Router router = new Router().on("GET", "/analytics-dashboard(?:/.*)?", (request, path) -> login(auth, new Outbound(tls)));
        Listener.https("dashboard", Integer.parseInt(Deployment.text(listener, "port")), tls.server, "TLSv1.2,TLSv1.3", "", router);
        LOG.info("WSO2 API Manager Analytics Server (stand-in) started in 1 sec");
    }

    private static Response login(Map<String, Object> auth, Outbound outbound) throws IOException {
        String user = Deployment.text(auth, "kmUsername");
        String credentials = Base64.getEncoder().encodeToString((user + ":" + Deployment.text(auth, "kmPassword")).getBytes(StandardCharsets.UTF_8));
        String body = Json.write(Json.of("clientName", "apim_analytics", "owner", user, "grantType", "authorization_code", "callbackUrl",
            Deployment.text(auth, "baseUrl") + "/" + Deployment.text(auth, "portalAppContext") + "/login/callback/analytics-dashboard"));
        Response answer = outbound.call("POST", Deployment.text(auth, "kmDcrUrl"), Map.of("Authorization", "Basic " + credentials, "Content-Type",
            "application/json"), body.getBytes(StandardCharsets.UTF_8));
        if (answer.status != 200 && answer.status != 201) {
            LOG.error("Unable to register the dashboard at " + Deployment.text(auth, "kmDcrUrl") + ": " + answer.status);
            return Response.error(500, "Internal Server Error", "Unable to register at the key manager");
        }
        Object client = Json.object(new String(answer.body, StandardCharsets.UTF_8)).get("clientId");
        return Response.redirect(Deployment.text(auth, "kmTokenUrlForRedirection") + "/authorize?response_type=code&client_id=" + client);
    }
}
