package org.aarun.standin.identity;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.aarun.standin.Version;
import org.aarun.standin.gateway.Outbound;
import org.aarun.standin.json.Json;
import org.aarun.standin.web.Request;
import org.aarun.standin.web.Response;
import org.aarun.standin.web.Router;

/**
 * The portals as far as their login (a page of its own: the portal itself is a script that goes there): redirects on the
 * configured host name, the check of the stored callback, the form, and the exchange of its code for a token, which the
 * portal's page asks of https://localhost.
 */
public final class Portals {
    private final SystemApps apps;
    private final Clients clients;
    private final Logins logins;
    private final Outbound outbound;
    private final String portal;
    private final String loopback;
    private final Version version;

    public Portals(SystemApps apps, Clients clients, Logins logins, Outbound outbound, String portal, int port, Version version) {
        this.apps = apps;
        this.clients = clients;
        this.logins = logins;
        this.outbound = outbound;
        this.portal = portal;
        this.loopback = "https://localhost:" + port;
        this.version = version;
    }

    public void mount(Router router) {
        String login = "/services/(?:auth/login" + (version.atLeast(4, 0) ? ")" : "|login/idp\\.jag)");
        for (String name : SystemApps.NAMES) {
            String context = SystemApps.context(name);
            router.on("GET", context + "/?", (request, path) -> Response.html("<h1>" + name + "</h1>"));
            // Up to 3.1 the Admin Portal has a form of its own.
            if (!name.equals("apim_admin_portal") || version.atLeast(3, 2)) {
                router.on("GET", context + login, (request, path) -> login(name));
                router.on("GET", context + "/services/auth/callback/login", (request, path) -> callback(name, request));
            }
        }
        router.on("GET", "/oauth2/authorize", (request, path) -> authorize(request));
        router.on("POST", "/(?:oauth2/authorize|commonauth)", (request, path) -> submit(request));
        router.on("GET", "/authenticationendpoint/login\\.do", (request, path) -> Response.html("<h1>Sign in</h1><p>This is a stand-in.</p>"));
        router.on("GET", "/authenticationendpoint/oauth2_error\\.do",
            (request, path) -> Response.html("<h1>" + escape(request.query().getOrDefault("oauthErrorMsg", "")) + "</h1>"));
        router.on("GET", "/carbon/?", (request, path) -> Response.redirect(portal + "/carbon/admin/login.jsp"));
        router.on("GET", "/carbon/admin/login\\.jsp", (request, path) -> Response.html("<h1>Management console (stand-in)</h1>"));
    }

    private Response login(String name) throws Exception {
        Map<String, String> client = apps.client(name);
        return Response.redirect(portal + "/oauth2/authorize?response_type=code&scope=openid&client_id=" + client.get("consumer_key")
            + "&redirect_uri=" + encode(apps.callback(name)));
    }

    private Response authorize(Request request) throws Exception {
        Map<String, String> query = request.query();
        Map<String, String> client = clients.byKey(query.getOrDefault("client_id", ""));
        if (client == null) {
            return error("invalid_client", "A valid OAuth client could not be found for client_id");
        }
        if (!client.get("callback_url").equals(query.get("redirect_uri"))) {
            return error("invalid_callback", "Registered callback does not match with the provided url.");
        }
        Logins.Login login = logins.begin(query.get("client_id"), query.get("redirect_uri"), query.getOrDefault("scope", "default"));
        return Response.redirect(portal + "/authenticationendpoint/login.do?sp=stand-in&sessionDataKey=" + login.key)
            .with("Set-Cookie", login.cookie() + "=" + login.nonce + "; Path=/; Secure; HttpOnly");
    }

    /** What the form sends. */
    private Response submit(Request request) throws Exception {
        Map<String, String> form = request.form();
        Logins.Login login = logins.find(form.getOrDefault("sessionDataKey", ""));
        if (login == null) {
            return error("invalid_request", "Invalid Request: no session for this sessionDataKey");
        }
        if (!String.valueOf(request.header("Cookie")).contains(login.cookie() + "=" + login.nonce)) {
            return error("invalid_request", "Session nonce cookie value is not matching for session with sessionDataKey: " + login.key);
        }
        String code = logins.finish(login, form.getOrDefault("username", ""), form.getOrDefault("password", ""));
        return Response.redirect(code == null
            ? portal + "/authenticationendpoint/login.do?authFailure=true&authFailureMsg=login.fail.message&sessionDataKey=" + login.key
            : login.callback + "?code=" + code + "&session_state=stand-in");
    }

    private Response callback(String name, Request request) throws Exception {
        Map<String, String> client = apps.client(name);
        String basic = client.get("consumer_key") + ":" + client.get("consumer_secret");
        Response answer = outbound.call("POST", loopback + "/oauth2/token", Map.of("Content-Type", "application/x-www-form-urlencoded", "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(basic.getBytes(StandardCharsets.UTF_8))),
            ("grant_type=authorization_code&code=" + encode(request.query().getOrDefault("code", "")) + "&redirect_uri=" + encode(apps.callback(name)))
                .getBytes(StandardCharsets.UTF_8));
        String context = SystemApps.context(name);
        if (answer.status != 200) {
            return Response.redirect(portal + context + "/error-pages?code=500");
        }
        String token = String.valueOf(Json.object(new String(answer.body, StandardCharsets.UTF_8)).get("access_token"));
        int half = token.length() / 2;
        return Response.redirect(context + "/")
            .with("Set-Cookie", "AM_ACC_TOKEN_DEFAULT_P2=" + token.substring(half) + "; Max-Age=3600; Path=" + context + "/; Secure; HttpOnly")
            .with("Set-Cookie", "WSO2_AM_TOKEN_1_Default=" + token.substring(0, half) + "; Max-Age=3600; Path=" + context + "/; Secure");
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
