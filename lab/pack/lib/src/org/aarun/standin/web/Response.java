package org.aarun.standin.web;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.aarun.standin.json.Json;

/** Status, headers, body. */
public final class Response {
    public final int status;
    public final Map<String, List<String>> headers = new LinkedHashMap<>();
    public final byte[] body;

    public Response(int status, String type, byte[] body) {
        this.status = status;
        this.body = body;
        if (type != null) {
            with("Content-Type", type);
        }
    }

    public static Response of(int status, String type, String body) {
        return new Response(status, type, body.getBytes(StandardCharsets.UTF_8));
    }

    public static Response json(int status, Object value) {
        return of(status, "application/json", Json.write(value));
    }

    public static Response xml(int status, String body) {
        return of(status, "application/xml", body);
    }

    public static Response html(String body) {
        return of(200, "text/html;charset=UTF-8", "<!doctype html><title>WSO2 API Manager (stand-in)</title>" + body + "\n");
    }

    public static Response redirect(String location) {
        return of(302, null, "").with("Location", location);
    }

    /** The error body of the product's REST APIs. */
    public static Response error(int status, String message, String description) {
        return json(status, Json.of("code", status, "message", message, "description", description, "moreInfo", ""));
    }

    /** A name may come several times, as that of a cookie does. */
    public Response with(String name, String value) {
        headers.computeIfAbsent(name, one -> new ArrayList<>()).add(value);
        return this;
    }
}
