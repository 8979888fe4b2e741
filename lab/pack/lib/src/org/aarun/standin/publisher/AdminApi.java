package org.aarun.standin.publisher;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.aarun.standin.Version;
import org.aarun.standin.data.Db;
import org.aarun.standin.identity.Authenticator;
import org.aarun.standin.json.Json;
import org.aarun.standin.throttle.Level;
import org.aarun.standin.throttle.Policies;
import org.aarun.standin.web.Request;
import org.aarun.standin.web.Response;
import org.aarun.standin.web.RestPaths;
import org.aarun.standin.web.Router;

/** The Admin REST API, as far as throttling policies: advanced ones (for APIs), those of applications and of subscriptions. */
public final class AdminApi {
    private static final String[] MANAGE = {"apim:admin", "apim:tier_manage", "apim:admin_tier_manage"};

    private final Policies policies;
    /** Up to 3.1 a limit stands right in defaultLimit, later inside of requestCount; the other form is not understood. */
    private final boolean flat;

    public AdminApi(Policies policies, Version version) {
        this.policies = policies;
        this.flat = !version.atLeast(3, 2);
    }

    public void mount(Router router, RestPaths paths, Authenticator authenticator) {
        for (Level level : Level.values()) {
            String base = paths.admin + "/throttling/policies/" + level.path;
            router.on("GET", base, authenticator.known((request, path) -> list(level), "apim:admin", "apim:tier_view", "apim:admin_tier_view"));
            router.on("POST", base, authenticator.known((request, path) -> create(level, request), MANAGE));
            router.on("DELETE", base + "/([^/]+)", authenticator.known((request, path) -> policies.delete(level, path.group(1))
                ? Response.of(200, null, "") : Response.error(404, "Not Found", "Requested policy not found"), MANAGE));
        }
    }

    private Response list(Level level) throws SQLException {
        List<Object> found = new ArrayList<>();
        for (Map<String, String> row : policies.list(level)) {
            found.add(policy(row.get("name"), Long.parseLong(row.get("calls")), row.get("unit"), Long.parseLong(row.get("units"))));
        }
        return Response.json(200, Json.of("count", found.size(), "list", found));
    }

    private Response create(Level level, Request request) throws SQLException, IOException {
        Map<String, Object> body = request.json();
        String name = String.valueOf(body.get("policyName"));
        Map<?, ?> limit = body.get("defaultLimit") instanceof Map ? (Map<?, ?>) body.get("defaultLimit") : Map.of();
        String type = flat ? "RequestCountLimit" : "REQUESTCOUNTLIMIT";
        Object inner = flat ? limit : limit.get("requestCount");
        if (!type.equals(limit.get("type")) || !(inner instanceof Map)) {
            return Response.error(400, "Bad Request", "defaultLimit is not of type " + type);
        }
        limit = (Map<?, ?>) inner;
        if (!(limit.get("requestCount") instanceof Number) || !(limit.get("unitTime") instanceof Number)) {
            return Response.error(400, "Bad Request", "defaultLimit needs requestCount, timeUnit and unitTime");
        }
        long calls = ((Number) limit.get("requestCount")).longValue();
        long unitTime = ((Number) limit.get("unitTime")).longValue();
        String unit = String.valueOf(limit.get("timeUnit"));
        try {
            policies.create(level, name, calls, unit, unitTime);
        } catch (SQLException e) {
            if (Db.isDuplicate(e)) {
                return Response.error(409, "Conflict", "Policy with name " + name + " already exists");
            }
            throw e;
        }
        if (Boolean.TRUE.equals(body.get("stopOnQuotaReach"))) {
            policies.stopOnQuotaReach(name);
        }
        return Response.json(201, policy(name, calls, unit, unitTime));
    }

    private Map<String, Object> policy(String name, long calls, String unit, long unitTime) {
        Map<String, Object> limit = Json.of("requestCount", calls, "timeUnit", unit, "unitTime", unitTime);
        if (flat) {
            limit.put("type", "RequestCountLimit");
        }
        return Json.of("policyId", name, "policyName", name, "defaultLimit",
            flat ? limit : Json.of("type", "REQUESTCOUNTLIMIT", "requestCount", limit));
    }
}
