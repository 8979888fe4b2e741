package org.aarun.standin.gateway;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.aarun.standin.json.Json;
import org.aarun.standin.web.Response;

/** What a gateway answers when it does not let a call through. */
final class Faults {
    private static final DateTimeFormatter ACCESS = DateTimeFormatter.ofPattern("yyyy-MMM-dd HH:mm:ssZ 'UTC'").withZone(ZoneOffset.UTC);

    private Faults() {
    }

    static Response notFound() {
        return fault(404, "404", "Not Found", "The requested resource is not available.");
    }

    static Response methodNotAllowed() {
        return fault(405, "405", "Method not allowed", "Method not allowed for given API resource");
    }

    static Response missingCredentials() {
        return fault(401, "900902", "Missing Credentials", "Make sure your API invocation call has a header: 'Authorization: Bearer ACCESS_TOKEN'");
    }

    static Response invalidCredentials() {
        return fault(401, "900901", "Invalid Credentials", "Make sure you have provided the correct security credentials");
    }

    static Response forbidden() {
        return fault(403, "900908", "Resource forbidden ", "User is NOT authorized to access the Resource. API Subscription validation failed.");
    }

    static Response badGateway(String reason) {
        return fault(502, "101503", "Error connecting to the back end", reason);
    }

    static Response throttled(String code, long until) {
        String next = ACCESS.format(Instant.ofEpochMilli(until));
        return Response.json(429, Json.of("code", code, "message", "Message throttled out", "description",
            "You have exceeded your quota. You can access API after " + next, "nextAccessTime", next));
    }

    private static Response fault(int status, String code, String message, String description) {
        return Response.json(status, Json.of("code", code, "type", "Status report", "message", message, "description", description));
    }
}
