package org.aarun.standin.web;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.aarun.standin.json.Json;

/** What a handler needs to know about a call. */
public final class Request {
    public final String method;
    public final URI uri;
    public final String path;
    public final Headers headers;
    public final byte[] body;

    Request(HttpExchange exchange) throws IOException {
        method = exchange.getRequestMethod();
        uri = exchange.getRequestURI();
        path = uri.getPath();
        headers = exchange.getRequestHeaders();
        body = exchange.getRequestBody().readAllBytes();
    }

    public String header(String name) {
        return headers.getFirst(name);
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    public Map<String, Object> json() {
        return Json.object(text());
    }

    public Map<String, String> query() {
        return decode(uri.getRawQuery());
    }

    public Map<String, String> form() {
        return decode(text());
    }

    private static Map<String, String> decode(String encoded) {
        Map<String, String> out = new LinkedHashMap<>();
        for (String pair : encoded == null || encoded.isEmpty() ? new String[0] : encoded.split("&")) {
            String[] parts = pair.split("=", 2);
            out.put(URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
                parts.length == 2 ? URLDecoder.decode(parts[1], StandardCharsets.UTF_8) : "");
        }
        return out;
    }
}
