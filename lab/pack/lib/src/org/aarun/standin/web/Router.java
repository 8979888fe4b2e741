package org.aarun.standin.web;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Method and path pattern to handler; the groups of the pattern are the handler's arguments. */
public final class Router implements Handler {
    /** A handler with the matched groups of the path. */
    public interface Action {
        Response handle(Request request, Matcher path) throws Exception;
    }

    private final Map<Pattern, Action> routes = new LinkedHashMap<>();

    public Router on(String methods, String path, Action action) {
        routes.put(Pattern.compile("(?:" + methods + ") " + path), action);
        return this;
    }

    @Override
    public Response handle(Request request) throws Exception {
        for (Map.Entry<Pattern, Action> route : routes.entrySet()) {
            Matcher matcher = route.getKey().matcher((request.method.equals("HEAD") ? "GET" : request.method) + " " + request.path);
            if (matcher.matches()) {
                return route.getValue().handle(request, matcher);
            }
        }
        return Response.error(404, "Not Found", "The requested resource is not available");
    }
}
