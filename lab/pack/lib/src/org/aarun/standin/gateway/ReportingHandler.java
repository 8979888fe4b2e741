package org.aarun.standin.gateway;

import org.aarun.standin.analytics.Reporter;
import org.aarun.standin.json.Json;
import org.aarun.standin.web.Handler;
import org.aarun.standin.web.Request;
import org.aarun.standin.web.Response;

/** Tells analytics of each call of an API, with the names that the product's events have. */
public final class ReportingHandler implements Handler {
    private final Handler gateway;
    private final Deployments deployments;
    private final Reporter reporter;

    public ReportingHandler(Handler gateway, Deployments deployments, Reporter reporter) {
        this.gateway = gateway;
        this.deployments = deployments;
        this.reporter = reporter;
    }

    @Override
    public Response handle(Request request) throws Exception {
        ApiArtifact api = deployments.find(request.path);
        Response response = gateway.handle(request);
        if (api != null) {
            reporter.report(Json.of("apiName", api.name, "proxyResponseCode", response.status, "destination", api.endpoint,
                "apiCreatorTenantDomain", "carbon.super", "apiMethod", request.method, "apiVersion", api.version,
                "gatewayType", "SYNAPSE", "apiCreator", api.provider, "apiContext", api.path()));
        }
        return response;
    }
}
