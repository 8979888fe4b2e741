package org.aarun.standin.publisher;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.aarun.standin.data.Db;
import org.aarun.standin.identity.Authenticator;
import org.aarun.standin.json.Json;
import org.aarun.standin.throttle.Level;
import org.aarun.standin.throttle.Policies;
import org.aarun.standin.web.Request;
import org.aarun.standin.web.Response;
import org.aarun.standin.web.RestPaths;
import org.aarun.standin.web.Router;

/** The Publisher's REST API, as far as creating, publishing and deleting an API. */
public final class PublisherApi {
    private final ApiStore store;
    private final Policies policies;
    private final Authenticator authenticator;
    private final Deployer deployer;
    private String one;

    public PublisherApi(Db apim, Policies policies, Authenticator authenticator, PushDeployer push, RevisionDeployer revisions) {
        this.store = new ApiStore(apim);
        this.policies = policies;
        this.authenticator = authenticator;
        this.deployer = revisions == null ? push : revisions;
    }

    private interface Action {
        Response on(ApiRecord api, Request request) throws Exception;
    }

    public void mount(Router router, RestPaths paths) {
        String base = paths.publisher + "/apis";
        one = base + "/([0-9a-f-]{36})";
        router.on("POST", base + "/?", authenticator.known((request, path) -> create(request), "apim:api_create"));
        router.on("GET", base + "/?", authenticator.known((request, path) -> list(request), "apim:api_view"));
        router.on("POST", base + "/change-lifecycle", authenticator.known((request, path) ->
            with(request.query().get("apiId"), request, (api, r) -> changeLifecycle(api, r.query().getOrDefault("action", ""))), "apim:api_publish"));
        one(router, "GET", "", (api, request) -> Response.json(200, api.summary()), "apim:api_view");
        one(router, "PUT", "", this::update, "apim:api_create", "apim:api_publish");
        one(router, "DELETE", "", (api, request) -> delete(api), "apim:api_delete", "apim:api_create");
        if (deployer instanceof RevisionDeployer) {
            RevisionDeployer revisions = (RevisionDeployer) deployer;
            one(router, "POST", "/revisions", (api, request) ->
                Response.json(201, Json.of("id", revisions.createRevision(api), "displayName", "Revision 1")), "apim:api_create", "apim:api_publish");
            one(router, "POST", "/deploy-revision", (api, request) -> {
                revisions.deploy(api, request.query().getOrDefault("revisionId", ""), Json.read(request.text()));
                return Response.json(201, List.of());
            }, "apim:api_create", "apim:api_publish");
            one(router, "POST", "/undeploy-revision", (api, request) -> {
                revisions.undeploy(api);
                return Response.json(201, List.of());
            }, "apim:api_create", "apim:api_publish");
        }
    }

    private void one(Router router, String method, String suffix, Action action, String... scopes) {
        router.on(method, one + suffix, authenticator.known((request, path) -> with(path.group(1), request, action), scopes));
    }

    private Response with(String id, Request request, Action action) throws Exception {
        ApiRecord api = id == null ? null : store.find(id);
        return api == null ? Response.error(404, "Not Found", "Requested API with id '" + id + "' not found") : action.on(api, request);
    }

    private Response create(Request request) throws SQLException {
        Map<String, Object> definition = request.json();
        String unknown = unknownPolicy(definition);
        if (unknown != null) {
            return Response.error(400, "Bad Request", "Specified tier(s) " + unknown + " are invalid");
        }
        ApiRecord api = new ApiRecord(UUID.randomUUID().toString(), authenticator.user(request), "CREATED", definition);
        try {
            store.add(api);
        } catch (SQLException e) {
            if (Db.isDuplicate(e)) {
                return Response.error(409, "Conflict", "The API context or name already exists");
            }
            throw e;
        }
        return Response.json(201, api.summary());
    }

    private String unknownPolicy(Map<String, Object> definition) throws SQLException {
        String level = String.valueOf(definition.getOrDefault("apiThrottlingPolicy", "Unlimited"));
        if (!policies.exists(Level.API, level)) {
            return level;
        }
        for (Object name : definition.get("policies") instanceof List ? (List<?>) definition.get("policies") : List.of()) {
            if (!policies.exists(Level.SUBSCRIPTION, String.valueOf(name))) {
                return String.valueOf(name);
            }
        }
        return null;
    }

    private Response list(Request request) throws SQLException {
        String query = request.query().getOrDefault("query", "").replaceFirst("^name:", "").replace("\"", "");
        List<Object> found = new ArrayList<>();
        for (ApiRecord api : store.all()) {
            if (api.text("name").contains(query)) {
                found.add(api.summary());
            }
        }
        return Response.json(200, Json.of("count", found.size(), "list", found));
    }

    private Response update(ApiRecord api, Request request) throws Exception {
        Map<String, Object> definition = request.json();
        ApiRecord updated = new ApiRecord(api.id, api.provider, api.status, definition);
        store.update(api, definition);
        if (api.status.equals("PUBLISHED") && deployer instanceof PushDeployer) {
            ((PushDeployer) deployer).deploy(updated);
        }
        return Response.json(200, updated.summary());
    }

    private Response changeLifecycle(ApiRecord api, String action) throws Exception {
        boolean push = deployer instanceof PushDeployer;
        if (action.equals("Publish")) {
            if (push) {
                ((PushDeployer) deployer).deploy(api);
            }
            return status(api, "PUBLISHED");
        }
        if (action.equals("Demote to Created") || action.equals("Block") || action.equals("Retire")) {
            if (push) {
                deployer.undeploy(api);
            }
            return status(api, action.equals("Block") ? "BLOCKED" : action.equals("Retire") ? "RETIRED" : "CREATED");
        }
        return Response.error(400, "Bad Request", "Invalid action: " + action);
    }

    private Response status(ApiRecord api, String status) throws SQLException {
        store.setStatus(api, status);
        return Response.json(200, Json.of("workflowStatus", "APPROVED", "lifecycleState", Json.of("state", status)));
    }

    private Response delete(ApiRecord api) throws Exception {
        if (store.hasSubscriptions(api)) {
            return Response.error(409, "Conflict", "Cannot remove the API " + api.text("name") + " as active subscriptions exist");
        }
        deployer.undeploy(api);
        store.delete(api);
        return Response.of(200, null, "");
    }
}
