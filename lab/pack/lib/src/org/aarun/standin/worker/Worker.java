package org.aarun.standin.worker;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.aarun.standin.StartFailure;
import org.aarun.standin.data.Db;
import org.aarun.standin.data.Drivers;
import org.aarun.standin.json.Json;
import org.aarun.standin.log.Log;
import org.aarun.standin.security.Tls;
import org.aarun.standin.throttle.EventReceiver;
import org.aarun.standin.web.Listener;
import org.aarun.standin.web.Request;
import org.aarun.standin.web.Response;
import org.aarun.standin.web.Router;

/** The worker of API Manager Analytics 3.x: takes events over the data bridge, keeps them in its database, answers queries. */
public final class Worker {
    private static final Log LOG = Log.of("org.wso2.carbon.analytics");

    private final Deployment deployment;
    private final Db database;

    private Worker(Deployment deployment) throws Exception {
        this.deployment = deployment;
        Map<String, Object> source = Deployment.named(Deployment.tables(deployment.at("wso2.datasources").get("dataSources")), "name", "APIM_ANALYTICS_DB");
        Map<String, Object> configuration = Deployment.table(Deployment.table(source.get("definition")).get("configuration"));
        database = new Db("APIM_ANALYTICS_DB", Deployment.text(configuration, "jdbcUrl"), Deployment.text(configuration, "username"),
            Deployment.text(configuration, "password"));
        try {
            database.use(new Drivers(deployment.home, "lib").load(Deployment.text(configuration, "driverClassName")));
            database.update("CREATE TABLE IF NOT EXISTS APIVERSIONPERAPPAGG (APINAME VARCHAR(254), APIVERSION VARCHAR(254), SHARD VARCHAR(254), HAPPENED BIGINT)");
        } catch (ClassNotFoundException | SQLException e) {
            throw new StartFailure("org.wso2.carbon.datasource.core", "Error occurred while initializing data source APIM_ANALYTICS_DB: " + e.getMessage(), e);
        }
    }

    public static void main(String[] args) {
        try {
            new Worker(Deployment.open("worker")).start();
        } catch (Exception e) {
            LOG.error("Runtime could not be started: " + e.getMessage(), e);
            System.exit(1);
        }
    }

    private void start() throws Exception {
        Map<String, Object> bridge = deployment.at("databridge.config");
        Tls tls = deployment.tls(bridge.get("keyStoreLocation"), bridge.get("keyStorePassword"));
        Map<String, Object> thrift = Deployment.tables(bridge.get("dataReceivers")).stream().map(item -> Deployment.table(item.get("dataReceiver")))
            .filter(receiver -> "Thrift".equals(receiver.get("type"))).findFirst().orElseThrow();
        int offset = deployment.offset();
        new EventReceiver(this::allows, Integer.parseInt(Deployment.text(thrift, "properties", "tcpPort")) + offset,
            Integer.parseInt(Deployment.text(thrift, "properties", "sslPort")) + offset, tls.server.getServerSocketFactory(), Deployment.protocols(), this::keep);
        Map<String, Object> listener = Deployment.listener(deployment.at("siddhi.stores.query.api"), "msf4j-https");
        SSLContext context = deployment.tls(listener.get("keyStoreFile"), listener.get("keyStorePassword")).server;
        Router router = new Router().on("POST", "/stores/query", (request, path) -> query(request));
        Listener.https("stores", Integer.parseInt(Deployment.text(listener, "port")), context, "TLSv1.2,TLSv1.3", "", router);
        LOG.info("WSO2 API Manager Analytics Server (stand-in) started in 1 sec");
    }

    /** The users of auth.configs; their passwords are written as Base64. */
    private boolean allows(String user, String password) {
        Map<String, Object> store = Deployment.table(Deployment.table(deployment.at("auth.configs").get("userManager")).get("userStore"));
        return Deployment.tables(store.get("users")).stream().map(item -> Deployment.table(item.get("user")))
            .anyMatch(one -> user.equals(one.get("username")) && password.equals(decoded(String.valueOf(one.get("password")))));
    }

    private static String decoded(String text) {
        return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }

    private void keep(Map<String, Object> event) {
        try {
            database.update("INSERT INTO APIVERSIONPERAPPAGG (APINAME, APIVERSION, SHARD, HAPPENED) VALUES (?, ?, ?, ?)", event.get("apiName"),
                event.get("apiVersion"), Deployment.text(deployment.at("wso2.carbon"), "id"), System.currentTimeMillis());
        } catch (SQLException e) {
            LOG.error("Error while writing an event: " + e.getMessage());
        }
    }

    /** The one query that counts the calls of each version. */
    private Response query(Request request) throws Exception {
        String header = String.valueOf(request.header("Authorization"));
        String[] pair = header.startsWith("Basic ") ? decoded(header.substring(6)).split(":", 2) : new String[0];
        if (pair.length != 2 || !allows(pair[0], pair[1])) {
            return Response.error(401, "Unauthorized", "Authentication failed");
        }
        Map<String, Object> body = request.json();
        if (!"APIM_ACCESS_SUMMARY".equals(body.get("appName")) || !String.valueOf(body.get("query")).startsWith("from ApiVersionPerAppAgg ")) {
            return Response.error(404, "Not Found", "Cannot find an active SiddhiApp with name: " + body.get("appName"));
        }
        List<Object> records = new ArrayList<>();
        database.rows("SELECT APINAME, APIVERSION, COUNT(*) AS CALLS FROM APIVERSIONPERAPPAGG GROUP BY APINAME, APIVERSION")
            .forEach(row -> records.add(List.of(row.get("apiname"), row.get("apiversion"), Long.parseLong(row.get("calls")))));
        return Response.json(200, Json.of("records", records));
    }
}
