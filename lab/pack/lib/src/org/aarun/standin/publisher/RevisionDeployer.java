package org.aarun.standin.publisher;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.aarun.standin.data.Db;
import org.aarun.standin.json.Json;
import org.aarun.standin.throttle.Messaging;

/** 4.x: a revision's artifact goes to apim_db for the environments that are named, and an event tells the gateways to fetch it. */
public final class RevisionDeployer implements Deployer {
    private final Db apim;
    private final List<String> environments;
    private final Messaging messaging;

    public RevisionDeployer(Db apim, List<String> environments, Messaging messaging) {
        this.apim = apim;
        this.environments = environments;
        this.messaging = messaging;
    }

    String createRevision(ApiRecord api) throws SQLException {
        String revision = UUID.randomUUID().toString();
        apim.update("INSERT INTO AM_REVISION (REVISION_UUID, API_UUID, DESCRIPTION) VALUES (?, ?, '')", revision, api.id);
        return revision;
    }

    /** `body` is the list of {"name": environment, "vhost": ...} of a deploy-revision call. */
    void deploy(ApiRecord api, String revision, Object body) throws SQLException {
        List<?> targets = body instanceof List ? (List<?>) body : List.of();
        for (Object target : targets) {
            if (!environments.contains(((Map<?, ?>) target).get("name"))) {
                throw new IllegalArgumentException("Gateway environment not found: " + ((Map<?, ?>) target).get("name"));
            }
        }
        if (apim.row("SELECT REVISION_UUID FROM AM_REVISION WHERE REVISION_UUID = ? AND API_UUID = ?", revision, api.id) == null) {
            throw new IllegalArgumentException("Revision not found: " + revision);
        }
        apim.transaction(connection -> {
            clear(connection, api);
            Db.update(connection, "INSERT INTO AM_GW_PUBLISHED_API_DETAILS (API_ID, TENANT_DOMAIN, API_PROVIDER, API_NAME, API_VERSION)"
                + " VALUES (?, 'carbon.super', ?, ?, ?)", api.id, api.provider, api.text("name"), api.text("version"));
            Db.update(connection, "INSERT INTO AM_GW_API_ARTIFACTS (API_ID, REVISION_ID, ARTIFACT) VALUES (?, ?, ?)",
                api.id, revision, api.artifact().toXml());
            for (Object target : targets) {
                Db.update(connection, "INSERT INTO AM_GW_API_DEPLOYMENTS (API_ID, REVISION_ID, LABEL, VHOST) VALUES (?, ?, ?, 'localhost')",
                    api.id, revision, ((Map<?, ?>) target).get("name").toString());
            }
            return null;
        });
        messaging.notifyGateways(Json.of("event", "DEPLOY_API_IN_GATEWAY", "apiId", api.id));
    }

    @Override
    public void undeploy(ApiRecord api) throws SQLException {
        apim.transaction(connection -> {
            clear(connection, api);
            return null;
        });
        messaging.notifyGateways(Json.of("event", "REMOVE_API_FROM_GATEWAY", "apiId", api.id));
    }

    private static void clear(java.sql.Connection connection, ApiRecord api) throws SQLException {
        Db.update(connection, "DELETE FROM AM_GW_API_DEPLOYMENTS WHERE API_ID = ?", api.id);
        Db.update(connection, "DELETE FROM AM_GW_API_ARTIFACTS WHERE API_ID = ?", api.id);
        Db.update(connection, "DELETE FROM AM_GW_PUBLISHED_API_DETAILS WHERE API_ID = ?", api.id);
    }
}
