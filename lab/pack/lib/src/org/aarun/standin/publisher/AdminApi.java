package org.aarun.standin.publisher;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.aarun.standin.data.Db;
import org.aarun.standin.identity.Authenticator;
import org.aarun.standin.json.Json;
import org.aarun.standin.throttle.Policies;
import org.aarun.standin.web.Request;
import org.aarun.standin.web.Response;
import org.aarun.standin.web.Router;

/** The Admin REST API, as far as advanced throttling policies. */
public final class AdminApi {
    private static final String BASE = "/api/am/admin(?:/v[\\d.]+)?/throttling/policies/advanced";

    private final Policies policies;

    public AdminApi(Policies policies) {
        this.policies = policies;
    }

    public void mount(Router router, Authenticator authenticator) {
        router.on("GET", BASE, authenticator.known((request, path) -> list()));
        router.on("POST", BASE, authenticator.known((request, path) -> create(request)));
        router.on("DELETE", BASE + "/([^/]+)", authenticator.known((request, path) -> policies.delete(path.group(1))
            ? Response.of(200, null, "") : Response.error(404, "Not Found", "Requested policy not found")));
    }

    private Response list() throws SQLException {
        List<Object> found = new ArrayList<>();
        for (Map<String, String> row : policies.list()) {
            found.add(policy(row.get("name"), Long.parseLong(row.get("default_quota")), row.get("default_time_unit"),
                Long.parseLong(row.get("default_unit_time"))));
        }
        return Response.json(200, Json.of("count", found.size(), "list", found));
    }

    /** Both spellings of the product: the limit inside requestCount, or right in defaultLimit. */
    private Response create(Request request) throws SQLException, IOException {
        Map<String, Object> body = request.json();
        String name = String.valueOf(body.get("policyName"));
        Map<?, ?> limit = body.get("defaultLimit") instanceof Map ? (Map<?, ?>) body.get("defaultLimit") : Map.of();
        limit = limit.get("requestCount") instanceof Map ? (Map<?, ?>) limit.get("requestCount") : limit;
        if (!(limit.get("requestCount") instanceof Number) || !(limit.get("unitTime") instanceof Number)) {
            return Response.error(400, "Bad Request", "defaultLimit needs requestCount, timeUnit and unitTime");
        }
        long calls = ((Number) limit.get("requestCount")).longValue();
        long unitTime = ((Number) limit.get("unitTime")).longValue();
        String unit = String.valueOf(limit.get("timeUnit"));
        try {
            policies.create(name, calls, unit, unitTime);
        } catch (SQLException e) {
            if (Db.isDuplicate(e)) {
                return Response.error(409, "Conflict", "Policy with name " + name + " already exists");
            }
            throw e;
        }
        return Response.json(201, policy(name, calls, unit, unitTime));
    }

    private static Map<String, Object> policy(String name, long calls, String unit, long unitTime) {
        return Json.of("policyId", name, "policyName", name, "defaultLimit", Json.of("type", "REQUESTCOUNTLIMIT", "requestCount",
            Json.of("requestCount", calls, "timeUnit", unit, "unitTime", unitTime)));
    }
}
