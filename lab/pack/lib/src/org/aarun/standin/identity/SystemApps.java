package org.aarun.standin.identity;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.aarun.standin.data.Db;
import org.aarun.standin.log.Log;

/**
 * The portals' own OAuth clients. Each portal registers itself, and only itself, at its own first login, with the host name
 * of that moment in its callback. Two nodes that do so at the same time on fresh databases collide: the slower one finds the
 * service provider of the faster one, gives up and removes the OAuth client; so the faster one fails as well, and what
 * remains is a service provider without a portal, which every later login stumbles over.
 */
public final class SystemApps {
    static final List<String> NAMES = List.of("apim_publisher", "apim_devportal", "apim_admin_portal");
    private static final Log LOG = Log.of("org.wso2.carbon.apimgt.rest.api.util.impl.SystemApplicationDAO");

    private final Db apim;
    private final Clients clients;
    private final String portal;
    private final String admin;

    public SystemApps(Db apim, Clients clients, String portal, String admin) {
        this.apim = apim;
        this.clients = clients;
        this.portal = portal;
        this.admin = admin;
    }

    /** The client of one portal. Logins on one node take turns; nothing makes two nodes take turns. */
    synchronized Map<String, String> client(String name) throws SQLException, Clients.Exists {
        if (registered(name) == null) {
            register(name);
        }
        return clients.byKey(registered(name).get("consumer_key"));
    }

    String callback(String name) {
        return portal + context(name) + "/services/auth/callback/login";
    }

    static String context(String name) {
        return name.equals("apim_admin_portal") ? "/admin" : name.replace("apim_", "/");
    }

    private Map<String, String> registered(String name) throws SQLException {
        return apim.row("SELECT CONSUMER_KEY FROM AM_SYSTEM_APPS WHERE NAME = ?", name);
    }

    private void register(String name) throws SQLException, Clients.Exists {
        try {
            String key = clients.register(name, admin, callback(name), "authorization_code refresh_token").get("consumer_key");
            takeTime();
            Map<String, String> client = clients.byKey(key);
            apim.update("INSERT INTO AM_SYSTEM_APPS (NAME, CONSUMER_KEY, CONSUMER_SECRET, TENANT_DOMAIN) VALUES (?, ?, ?, 'carbon.super')",
                name, client == null ? null : key, client == null ? null : client.get("consumer_secret"));
        } catch (Clients.Exists e) {
            clients.forget(name);
            LOG.error("Error while creating the system application: " + e.getMessage(), e);
            throw e;
        }
    }

    private static void takeTime() {
        try {
            Thread.sleep(300);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
