package org.aarun.standin.gateway;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.aarun.standin.data.Db;
import org.aarun.standin.log.Log;

/** 4.x: takes the artifacts for this gateway's labels out of apim_db, at start and when told. */
public final class DatabasePuller {
    private static final Log LOG = Log.of("org.wso2.carbon.apimgt.gateway.InMemoryAPIDeployer");

    private final Db apim;
    private final List<String> labels;
    private final Deployments deployments;
    private final Map<String, String> known = new HashMap<>();
    private final Map<String, ApiArtifact> parsed = new HashMap<>();
    private Map<String, ApiArtifact> served = Map.of();
    private volatile boolean ready;

    public DatabasePuller(Db apim, List<String> labels, Deployments deployments) {
        this.apim = apim;
        this.labels = labels;
        this.deployments = deployments;
    }

    /** Whether the APIs were deployed after the start. */
    public boolean isReady() {
        return ready;
    }

    /** Pulls some time after the server said that it started, and until it works, waiting longer each time. */
    public void start(long delayMillis, long retryMillis) {
        Thread thread = new Thread(() -> {
            try {
                Thread.sleep(delayMillis);
                for (long wait = retryMillis; !pull(); wait = Math.min(wait * 2, 3_600_000)) {
                    Thread.sleep(wait);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "artifact-puller");
        thread.setDaemon(true);
        thread.start();
    }

    private boolean pull() {
        return pull(null);
    }

    /** What is there of one API, of which an event has told; null: of all. */
    public synchronized boolean pull(String only) {
        try {
            Map<String, ApiArtifact> next = new HashMap<>(only == null ? Map.of() : served);
            next.remove(only);
            String marks = String.join(", ", Collections.nCopies(labels.size(), "?"));
            for (Map<String, String> row : apim.rows("SELECT A.API_ID, A.REVISION_ID, A.ARTIFACT FROM AM_GW_API_ARTIFACTS A"
                + " JOIN AM_GW_API_DEPLOYMENTS D ON A.API_ID = D.API_ID AND A.REVISION_ID = D.REVISION_ID"
                + " WHERE D.LABEL IN (" + marks + ")", labels.toArray())) {
                if (only == null || only.equals(row.get("api_id"))) {
                    next.put(row.get("api_id"), artifact(row.get("api_id"), row.get("artifact")));
                }
            }
            served = next;
            deployments.replace(next);
            ready = true;
            return true;
        } catch (Exception e) {
            LOG.error("Error while retrieving artifacts: " + e.getMessage(), e);
            return false;
        }
    }

    private ApiArtifact artifact(String id, String xml) throws Exception {
        if (!xml.equals(known.put(id, xml))) {
            parsed.put(id, ApiArtifact.fromXml(xml));
        }
        return parsed.get(id);
    }
}
