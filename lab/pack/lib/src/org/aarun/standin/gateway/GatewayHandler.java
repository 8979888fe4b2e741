package org.aarun.standin.gateway;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.aarun.standin.json.Json;
import org.aarun.standin.log.Log;
import org.aarun.standin.throttle.Level;
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
        List<Limit> limits = new ArrayList<>();
        limits.add(new Limit(Level.API, api.path() + ":" + api.version, api.policy, "900800"));
        limits.add(new Limit(Level.API, api.path() + resource.target + ":" + resource.verb, resource.policy, "900802"));
        Response refused = resource.open ? null : authenticate(request, api, limits);
        refused = refused == null ? overLimit(limits) : refused;
        if (refused != null) {
            return refused;
        }
        limits.stream().filter(Limit::isOne).forEach(limit -> messaging.called(limit.level, limit.key, limit.policy));
        return backend(api, request, rest);
    }

    /** Adds what the caller's application and subscription are limited by; a response when the call is refused. */
    private Response authenticate(Request request, ApiArtifact api, List<Limit> limits) {
        String header = request.header("Authorization");
        if (header == null) {
            return Faults.missingCredentials();
        }
        Map<String, Object> claims = tokens.claims(header.replaceFirst("(?i)^Bearer\\s+", ""));
        if (claims == null) {
            return Faults.invalidCredentials();
        }
        Subscriptions.Access access = subscriptions.of(claims, api.path());
        if (access == null) {
            return Faults.forbidden();
        }
        limits.add(new Limit(Level.SUBSCRIPTION, access.application + ":" + api.path() + ":" + api.version, access.policy, "900804"));
        limits.add(new Limit(Level.APPLICATION, access.application + ":" + claims.get("sub"), access.applicationPolicy, "900803"));
        return null;
    }

    private Response overLimit(List<Limit> limits) {
        for (Limit limit : limits) {
            long until = limit.isOne() ? messaging.decisions.blockedUntil(limit.key) : 0;
            if (until != 0) {
                return Faults.throttled(limit.code, until);
            }
        }
        return null;
    }

    private static final class Limit {
        final Level level;
        final String key;
        final String policy;
        final String code;

        Limit(Level level, String key, String policy, String code) {
            this.level = level;
            this.key = key;
            this.policy = policy;
            this.code = code;
        }

        boolean isOne() {
            return !policy.isEmpty() && !policy.equals("Unlimited");
        }
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
