package org.aarun.standin.devportal;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.aarun.standin.Version;
import org.aarun.standin.data.Db;
import org.aarun.standin.identity.Authenticator;
import org.aarun.standin.identity.Clients;
import org.aarun.standin.identity.Tokens;
import org.aarun.standin.json.Json;
import org.aarun.standin.throttle.Level;
import org.aarun.standin.throttle.Messaging;
import org.aarun.standin.throttle.Policies;
import org.aarun.standin.web.Request;
import org.aarun.standin.web.Response;
import org.aarun.standin.web.RestPaths;
import org.aarun.standin.web.Router;

/** The Developer Portal's REST API, as far as applications, their keys and subscriptions. In 3.x it is called "store". */
public final class DevPortalApi {
    private static final String ID = "/([0-9a-f-]{36})";

    private static final String[] SCOPES = {"apim:subscribe", "apim:app_manage", "apim:sub_manage"};

    private final Applications applications;
    private final Policies policies;
    private final Clients clients;
    private final Tokens tokens;
    private final Authenticator authenticator;
    private final Messaging messaging;
    /** In 3.0 a subscription has to say that it is one to an API, not to a product of several; later nothing knows the word. */
    private boolean typed;

    public DevPortalApi(Db apim, Policies policies, Clients clients, Tokens tokens, Authenticator authenticator, Messaging messaging) {
        this.applications = new Applications(apim);
        this.policies = policies;
        this.clients = clients;
        this.tokens = tokens;
        this.authenticator = authenticator;
        this.messaging = messaging;
    }

    private interface Action {
        Response on(Map<String, String> application, Request request) throws Exception;
    }

    public void mount(Router router, RestPaths paths, Version version) {
        String base = paths.developerPortal;
        typed = !version.atLeast(3, 1);
        router.on("GET", base + "/applications", authenticator.known((request, path) -> list(request), SCOPES));
        router.on("POST", base + "/applications", authenticator.known((request, path) -> create(request), SCOPES));
        one(router, "GET", base + "/applications" + ID, (application, request) -> Response.json(200, summary(application)));
        one(router, "DELETE", base + "/applications" + ID, (application, request) -> delete(application));
        one(router, "POST", base + "/applications" + ID + "/generate-keys", this::generateKeys);
        router.on("GET", base + "/subscriptions", authenticator.known((request, path) -> subscriptions(request), SCOPES));
        router.on("POST", base + "/subscriptions", authenticator.known((request, path) -> subscribe(request), SCOPES));
        router.on("DELETE", base + "/subscriptions" + ID, authenticator.known((request, path) -> unsubscribe(path.group(1)), SCOPES));
    }

    private void one(Router router, String method, String path, Action action) {
        router.on(method, path, authenticator.known((request, match) -> {
            Map<String, String> application = applications.find(authenticator.user(request), match.group(1));
            return application == null ? missing("application", match.group(1)) : action.on(application, request);
        }, SCOPES));
    }

    private static Response missing(String what, String id) {
        return Response.error(404, "Not Found", "Requested " + what + " with id '" + id + "' not found");
    }

    private static Map<String, Object> summary(Map<String, String> application) {
        return Json.of("applicationId", application.get("uuid"), "name", application.get("name"), "throttlingPolicy",
            application.get("application_tier"), "tokenType", "JWT", "status", "APPROVED");
    }

    private Response list(Request request) throws SQLException {
        String query = request.query().getOrDefault("query", "");
        List<Object> found = new ArrayList<>();
        for (Map<String, String> application : applications.of(authenticator.user(request))) {
            if (application.get("name").contains(query)) {
                found.add(summary(application));
            }
        }
        return Response.json(200, Json.of("count", found.size(), "list", found));
    }

    private Response create(Request request) throws SQLException {
        Map<String, Object> body = request.json();
        String user = authenticator.user(request);
        if (body.get("name") == null || body.get("throttlingPolicy") == null) {
            return Response.error(400, "Bad Request", "name and throttlingPolicy are needed");
        }
        String policy = body.get("throttlingPolicy").toString();
        if (!policies.exists(Level.APPLICATION, policy)) {
            return Response.error(400, "Bad Request", "Specified tier " + policy + " is invalid");
        }
        try {
            String id = applications.create(user, body.get("name").toString(), policy);
            messaging.notifyGateways(Json.of("event", "APPLICATION_CREATE", "application", id, "policy", policy));
            return Response.json(201, summary(applications.find(user, id)));
        } catch (SQLException e) {
            if (Db.isDuplicate(e)) {
                return Response.error(409, "Conflict", "An application already exists with name " + body.get("name"));
            }
            throw e;
        }
    }

    private Response delete(Map<String, String> application) throws SQLException {
        applications.delete(application);
        messaging.notifyGateways(Json.of("event", "APPLICATION_DELETE", "application", application.get("uuid")));
        return Response.of(200, null, "");
    }

    private Response generateKeys(Map<String, String> application, Request request) throws Exception {
        Map<String, Object> body = request.json();
        String type = String.valueOf(body.get("keyType"));
        if (!type.equals("PRODUCTION") && !type.equals("SANDBOX")) {
            return Response.error(400, "Bad Request", "keyType is PRODUCTION or SANDBOX");
        }
        if (applications.key(application, type) != null) {
            return Response.error(409, "Conflict", "Key Mappings already exists for application " + application.get("name"));
        }
        String user = authenticator.user(request);
        Map<String, String> client = clients.register(user + "_" + application.get("name") + "_" + type, user,
            String.valueOf(body.getOrDefault("callbackUrl", "")), "client_credentials password");
        String mapping = applications.addKey(application, client.get("consumer_key"), type);
        messaging.notifyGateways(Json.of("event", "APPLICATION_REGISTRATION_CREATE", "application", application.get("uuid"),
            "consumerKey", client.get("consumer_key")));
        return Response.json(200, Json.of("keyMappingId", mapping, "consumerKey", client.get("consumer_key"), "consumerSecret",
            client.get("consumer_secret"), "keyType", type, "keyState", "APPROVED", "token", Json.of("accessToken",
            tokens.issue(user, client.get("consumer_key"), "default"), "validityTime", Tokens.VALIDITY)));
    }

    private Response subscriptions(Request request) throws SQLException {
        Map<String, String> query = request.query();
        List<Object> found = new ArrayList<>();
        for (Map<String, String> row : applications.subscriptions()) {
            if (row.get("application").equals(query.getOrDefault("applicationId", row.get("application")))
                && row.get("api_uuid").equals(query.getOrDefault("apiId", row.get("api_uuid")))) {
                found.add(subscription(row));
            }
        }
        return Response.json(200, Json.of("count", found.size(), "list", found));
    }

    private static Map<String, Object> subscription(Map<String, String> row) {
        return Json.of("subscriptionId", row.get("uuid"), "applicationId", row.get("application"), "apiId", row.get("api_uuid"),
            "throttlingPolicy", row.get("tier_id"), "status", "UNBLOCKED");
    }

    private Response subscribe(Request request) throws SQLException {
        Map<String, Object> body = request.json();
        if (typed != "API".equals(body.get("type"))) {
            return Response.error(400, "Bad Request", typed ? "type is API or API_PRODUCT" : "Unrecognized field \"type\"");
        }
        String tier = String.valueOf(body.get("throttlingPolicy"));
        Map<String, String> application = applications.find(authenticator.user(request), String.valueOf(body.get("applicationId")));
        Map<String, String> api = applications.api(String.valueOf(body.get("apiId")));
        if (application == null || api == null) {
            return missing(application == null ? "application" : "API", String.valueOf(body.get(application == null ? "applicationId" : "apiId")));
        }
        Object tiers = Json.object(api.get("definition")).get("policies");
        if (!api.get("status").equals("PUBLISHED") || !(tiers instanceof List) || !((List<?>) tiers).contains(tier)) {
            return Response.error(403, "Forbidden", "Subscription is not allowed: the API is " + api.get("status") + " with the policies " + tiers);
        }
        for (Map<String, String> row : applications.subscriptions()) {
            if (row.get("application").equals(application.get("uuid")) && row.get("api_uuid").equals(body.get("apiId"))) {
                return Response.error(409, "Conflict", "Subscription already exists for API");
            }
        }
        String id = applications.subscribe(application, api, tier);
        messaging.notifyGateways(Json.of("event", "SUBSCRIPTIONS_CREATE", "application", application.get("uuid"), "context", api.get("context"), "policy", tier));
        return Response.json(201, subscription(applications.subscription(id)));
    }

    private Response unsubscribe(String id) throws SQLException {
        Map<String, String> row = applications.subscription(id);
        if (row == null) {
            return missing("subscription", id);
        }
        applications.unsubscribe(id);
        messaging.notifyGateways(Json.of("event", "SUBSCRIPTIONS_DELETE", "application", row.get("application"), "context", row.get("context")));
        return Response.of(200, null, "");
    }
}
