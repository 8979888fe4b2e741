package org.aarun.standin.gateway;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.aarun.standin.json.Json;
import org.aarun.standin.log.Log;
import org.aarun.standin.throttle.Messaging;
import org.aarun.standin.web.Handler;
import org.aarun.standin.web.Request;
import org.aarun.standin.web.Response;

/** One API call: find the API, check the token and the subscription, check the limits, report the call, ask the back end. */
public final class GatewayHandler implements Handler {
    private static final Log LOG = Log.of("org.apache.synapse.transport.passthru.TargetHandler");

    private final Deployments deployments;
    private final TokenCheck tokens;
    private final Subscriptions subscriptions;
    private final Messaging messaging;
    private final Outbound outbound;
    private final Handler version;
    private final String node;

    public GatewayHandler(Deployments deployments, TokenCheck tokens, Subscriptions subscriptions, Messaging messaging, Outbound outbound,
        Handler version, String node) {
        this.deployments = deployments;
        this.tokens = tokens;
        this.subscriptions = subscriptions;
        this.messaging = messaging;
        this.outbound = outbound;
        this.version = version;
        this.node = node;
    }

    @Override
    public Response handle(Request request) throws Exception {
        Response response = request.path.equals("/services/Version") ? version.handle(request) : call(request);
        return response.with("X-Node", node);
    }

    private Response call(Request request) {
        ApiArtifact api = deployments.find(request.path);
        if (api == null) {
            return Faults.notFound();
        }
        String rest = request.path.substring(api.path().length());
        Resource resource = api.resources.stream().filter(r -> r.matches(request.method, rest)).findFirst().orElse(null);
        if (resource == null) {
            return Faults.methodNotAllowed();
        }
        if (!resource.open) {
            String header = request.header("Authorization");
            if (header == null) {
                return Faults.missingCredentials();
            }
            String key = tokens.consumerKey(header.replaceFirst("(?i)^Bearer\\s+", ""));
            if (key == null) {
                return Faults.invalidCredentials();
            }
            if (!subscriptions.allows(key, api.path())) {
                return Faults.forbidden();
            }
        }
        String apiKey = api.path() + ":" + api.version;
        String resourceKey = api.path() + resource.target + ":" + resource.verb;
        Response refused = overLimit(apiKey, api.policy, "900800");
        refused = refused == null ? overLimit(resourceKey, resource.policy, "900802") : refused;
        if (refused != null) {
            return refused;
        }
        report(apiKey, api.policy);
        report(resourceKey, resource.policy);
        return backend(api, request, rest);
    }

    private Response overLimit(String key, String policy, String code) {
        long until = limited(policy) ? messaging.decisions.blockedUntil(key) : 0;
        return until == 0 ? null : Faults.throttled(code, until);
    }

    private void report(String key, String policy) {
        if (limited(policy)) {
            messaging.called(key, policy);
        }
    }

    private static boolean limited(String policy) {
        return !policy.isEmpty() && !policy.equals("Unlimited");
    }

    private Response backend(ApiArtifact api, Request request, String rest) {
        if (api.endpoint.equals("internal:echo")) {
            return Response.json(200, Json.of("standin", true, "node", node, "api", api.name, "version", api.version,
                "method", request.method, "path", rest.isEmpty() ? "/" : rest, "body", request.body.length == 0 ? null : request.text()));
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String name : new String[] {"Accept", "Content-Type"}) {
            if (request.header(name) != null) {
                headers.put(name, request.header(name));
            }
        }
        String query = request.uri.getRawQuery();
        String url = api.endpoint.replaceFirst("/$", "") + rest + (query == null ? "" : "?" + query);
        try {
            return outbound.call(request.method, url, headers, request.body);
        } catch (IOException e) {
            LOG.error("Error connecting to the back end " + url + ": " + e.getMessage());
            return Faults.badGateway(e.getMessage());
        }
    }
}
