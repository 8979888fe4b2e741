package org.aarun.standin.gateway;

import java.util.LinkedHashMap;
import java.util.Map;
import org.aarun.standin.log.Log;

/** The APIs that this gateway serves now. */
public final class Deployments {
    private static final Log LOG = Log.of("org.apache.synapse.api.API");

    private volatile Map<String, ApiArtifact> current = Map.of();

    /** Replaces the whole set; what is missing in it is undeployed. */
    synchronized void replace(Map<String, ApiArtifact> next) {
        for (Map.Entry<String, ApiArtifact> old : current.entrySet()) {
            if (!next.containsKey(old.getKey())) {
                LOG.info("API named '" + old.getValue().title() + "' has been undeployed");
            }
        }
        for (Map.Entry<String, ApiArtifact> entry : next.entrySet()) {
            if (current.get(entry.getKey()) != entry.getValue()) {
                LOG.info("Initializing API: " + entry.getValue().title());
            }
        }
        current = new LinkedHashMap<>(next);
    }

    ApiArtifact find(String path) {
        ApiArtifact best = null;
        for (ApiArtifact api : current.values()) {
            boolean match = path.equals(api.path()) || path.startsWith(api.path() + "/");
            if (match && (best == null || api.path().length() > best.path().length())) {
                best = api;
            }
        }
        return best;
    }
}
