package org.aarun.standin.identity;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Map;
import org.aarun.standin.Version;
import org.aarun.standin.web.Request;
import org.aarun.standin.web.Response;
import org.aarun.standin.web.Router;

/** The portals as far as their login (a page of its own: the portal itself is a script that goes there): redirects on the configured host name, and the check of the stored callback. */
public final class Portals {
    private final SystemApps apps;
    private final Clients clients;
    private final String portal;
    private final String login;

    public Portals(SystemApps apps, Clients clients, String portal, Version version) {
        this.apps = apps;
        this.clients = clients;
        this.portal = portal;
        this.login = "/services/(?:auth/login" + (version.atLeast(4, 0) ? ")" : "|login/idp\\.jag)");
    }

    public void mount(Router router) {
        for (String name : SystemApps.NAMES) {
            String context = SystemApps.context(name);
            router.on("GET", context + "/?", (request, path) -> Response.html("<h1>" + name + "</h1>"));
            router.on("GET", context + login, (request, path) -> login(name));
        }
        router.on("GET", "/oauth2/authorize", (request, path) -> authorize(request));
        router.on("GET", "/authenticationendpoint/login\\.do", (request, path) -> Response.html("<h1>Sign in</h1><p>This is a stand-in.</p>"));
        router.on("GET", "/authenticationendpoint/oauth2_error\\.do",
            (request, path) -> Response.html("<h1>" + escape(request.query().getOrDefault("oauthErrorMsg", "")) + "</h1>"));
        router.on("GET", "/carbon/?", (request, path) -> Response.redirect(portal + "/carbon/admin/login.jsp"));
        router.on("GET", "/carbon/admin/login\\.jsp", (request, path) -> Response.html("<h1>Management console (stand-in)</h1>"));
    }

    private Response login(String name) throws SQLException, Clients.Exists {
        Map<String, String> client = apps.client(name);
        return Response.redirect(portal + "/oauth2/authorize?response_type=code&scope=openid&client_id=" + client.get("consumer_key")
            + "&redirect_uri=" + encode(apps.callback(name)));
    }

    private Response authorize(Request request) throws SQLException {
        Map<String, String> query = request.query();
        Map<String, String> client = clients.byKey(query.getOrDefault("client_id", ""));
        if (client == null) {
            return error("invalid_client", "A valid OAuth client could not be found for client_id");
        }
        if (!client.get("callback_url").equals(query.get("redirect_uri"))) {
            return error("invalid_callback", "Registered callback does not match with the provided url.");
        }
        return Response.redirect(portal + "/authenticationendpoint/login.do?sp=stand-in");
    }

    private Response error(String code, String message) {
        return Response.redirect(portal + "/authenticationendpoint/oauth2_error.do?oauthErrorCode=" + code + "&oauthErrorMsg=" + encode(message));
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private static String escape(String value) {
        return value.replace("&", "&amp;").replace("<", "&lt;");
    }
}
