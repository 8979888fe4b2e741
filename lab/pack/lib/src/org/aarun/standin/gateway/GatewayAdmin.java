package org.aarun.standin.gateway;

import java.util.Map;
import org.aarun.standin.json.Json;
import org.aarun.standin.web.Request;
import org.aarun.standin.web.Response;

/** 3.x: the admin service behind an environment's service_url; it writes the API's file on this node. */
public final class GatewayAdmin {
    private final FolderDeployer folder;

    public GatewayAdmin(FolderDeployer folder) {
        this.folder = folder;
    }

    public Response handle(Request request) throws Exception {
        Map<String, Object> body = request.json();
        String file = String.valueOf(body.get("fileName"));
        if ("undeploy".equals(body.get("action"))) {
            folder.remove(file);
        } else {
            folder.write(file, String.valueOf(body.get("xml")));
        }
        return Response.json(200, Json.of("return", true));
    }
}
