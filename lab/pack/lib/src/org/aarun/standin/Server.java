package org.aarun.standin;

import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import org.aarun.standin.config.Config;
import org.aarun.standin.config.ConfigLoader;
import org.aarun.standin.config.LocalAddress;
import org.aarun.standin.config.Metadata;
import org.aarun.standin.config.XmlFiles;
import org.aarun.standin.data.DataSources;
import org.aarun.standin.data.LocalDatabase;
import org.aarun.standin.gateway.DatabasePuller;
import org.aarun.standin.gateway.Deployments;
import org.aarun.standin.gateway.FolderDeployer;
import org.aarun.standin.gateway.GatewayAdmin;
import org.aarun.standin.gateway.GatewayHandler;
import org.aarun.standin.gateway.Outbound;
import org.aarun.standin.gateway.TokenCheck;
import org.aarun.standin.identity.Authenticator;
import org.aarun.standin.identity.Clients;
import org.aarun.standin.identity.OAuthApi;
import org.aarun.standin.identity.Portals;
import org.aarun.standin.identity.SystemApps;
import org.aarun.standin.identity.Tokens;
import org.aarun.standin.identity.UserStore;
import org.aarun.standin.json.Json;
import org.aarun.standin.log.Log;
import org.aarun.standin.publisher.AdminApi;
import org.aarun.standin.publisher.PublisherApi;
import org.aarun.standin.publisher.PushDeployer;
import org.aarun.standin.publisher.RevisionDeployer;
import org.aarun.standin.security.KeyEntry;
import org.aarun.standin.security.Keystores;
import org.aarun.standin.security.SecretVault;
import org.aarun.standin.security.StartupPassword;
import org.aarun.standin.security.Tls;
import org.aarun.standin.throttle.Messaging;
import org.aarun.standin.throttle.Policies;
import org.aarun.standin.web.Handler;
import org.aarun.standin.web.Listener;
import org.aarun.standin.web.Response;
import org.aarun.standin.web.Router;
import org.xml.sax.SAXException;

/** The start, step by step, in the product's order. */
final class Server {
    private static final Log LOG = Log.of("org.wso2.carbon.core.init.CarbonServerManager");

    private final Path home;
    private final Version version;
    private final long started = System.currentTimeMillis();
    private final long delay = Long.parseLong(System.getProperty("standin.start.delay", "1500"));

    private ConfigLoader loaded;
    private Config config;
    private Ports ports;
    private KeyEntry primary;
    private KeyStore truststore;
    private Tls tls;
    private DataSources data;
    private UserStore users;
    private Policies policies;
    private Messaging messaging;
    private final Deployments deployments = new Deployments();
    private final Router management = new Router();
    private FolderDeployer folder;
    private DatabasePuller puller;

    Server(Path home, Version version) {
        this.home = home;
        this.version = version;
    }

    void start() throws Exception {
        configure();
        PidFile.write(home);
        openKeystores();
        Thread.sleep(delay / 2);
        openDatabases();
        defineServices();
        listen();
        messaging.connect(event -> {
            if (puller != null) {
                puller.pull();
            }
        });
        Thread.sleep(delay / 2);
        deployApis();
        LOG.info("Server           :  WSO2 API Manager-" + version.number + " (stand-in)");
        Log.of("org.wso2.carbon.core.internal.StartupFinalizerServiceComponent").info("WSO2 Carbon started in "
            + Math.max(1, (System.currentTimeMillis() - started) / 1000) + " sec");
        Log.of("org.wso2.carbon.ui.internal.CarbonUIServiceComponent").info("Mgt Console URL  : " + portal() + "/carbon/");
    }

    private void configure() throws Exception {
        loaded = new ConfigLoader(home, version);
        config = loaded.config;
        ports = loaded.ports;
        new Metadata(home).renderIfChanged(loaded, version);
    }

    private void openKeystores() throws Exception {
        Keystores keystores = new Keystores(home, config);
        if (!loaded.secrets.isEmpty()) {
            String password = StartupPassword.read(home);
            loaded.readSecretsWith(new SecretVault(loaded.secrets, keystores.key("internal", password, password).key)::read);
        }
        primary = keystores.key("primary");
        keystores.key("internal");
        truststore = keystores.truststore();
        tls = new Tls(keystores.key("tls"), truststore, config);
    }

    private void openDatabases() throws Exception {
        LocalDatabase.lock(home);
        data = new DataSources(home, config);
        users = new UserStore(data.shared);
        try {
            XmlFiles.read(home.resolve("repository/conf/user-mgt.xml"));
            if (config.flag("super_admin.create_admin_account", true)) {
                users.createAdmin(config.text("super_admin.username"), config.text("super_admin.password"));
            }
        } catch (SAXException e) {
            Log.of("org.wso2.carbon.user.core.internal.Activator").error("Cannot start User Manager Core bundle: user-mgt.xml: " + e.getMessage(), e);
        }
        policies = new Policies(data.apim, home, version);
        policies.addShipped();
    }

    private void defineServices() {
        messaging = new Messaging(config, ports, tls, users, policies);
        Clients clients = new Clients(data.apim);
        SystemApps systemApps = new SystemApps(data.apim, clients, portal(), config.text("super_admin.username"));
        Tokens tokens = new Tokens(data.apim, primary, portal() + "/oauth2/token");
        Authenticator authenticator = new Authenticator(users, tokens);
        new OAuthApi(users, clients, systemApps, tokens, messaging::tokenRevoked).mount(management, authenticator);
        new Portals(systemApps, clients, portal()).mount(management);
        new AdminApi(policies).mount(management, authenticator);
        management.on("GET", "/services/Version", (request, path) -> versionService().handle(request));
        List<String> labels = config.texts("apim.sync_runtime_artifacts.gateway.gateway_labels");
        Outbound outbound = new Outbound(tls);
        if (version.artifactsInDatabase()) {
            puller = new DatabasePuller(data.apim, labels, deployments);
            new PublisherApi(data.apim, authenticator, null, new RevisionDeployer(data.apim, labels, messaging)).mount(management);
            management.on("GET", "/api/am/gateway/v2/server-startup-healthcheck", (request, path) -> puller.isReady()
                ? Response.json(200, Json.of("status", "healthy")) : Response.error(500, "Internal server error", "APIs are not deployed yet"));
        } else {
            folder = new FolderDeployer(home, deployments);
            GatewayAdmin admin = new GatewayAdmin(folder);
            management.on("POST", "/services/APIGatewayAdmin", authenticator.known((request, path) -> admin.handle(request)));
            new PublisherApi(data.apim, authenticator, new PushDeployer(config, outbound), null).mount(management);
        }
    }

    private void listen() throws Exception {
        String protocols = config.text("transport.https.sslHostConfig.properties.protocols");
        Listener.https("https-jsse-nio", ports.managementHttps(), tls.server, protocols, management);
        if (config.flag("transport.http.enable", true)) {
            Listener.http("http-nio", ports.managementHttp(), management);
        }
        GatewayHandler gateway = new GatewayHandler(deployments, new TokenCheck(truststore, messaging.decisions), messaging,
            new Outbound(tls), versionService(), config.text("server.node_ip", LocalAddress.find()) + ":" + ports.gatewayHttps());
        String gatewayProtocols = config.text("transport.passthru_https.listener.parameters.HttpsProtocols");
        Listener.https("passthru-https", ports.gatewayHttps(), tls.server, gatewayProtocols, gateway);
        if (config.flag("transport.passthru_http.listener.enable", true)) {
            Listener.http("passthru-http", ports.gatewayHttp(), gateway);
        }
        Handler health = new Router().on("GET", "/health", (request, path) -> Response.of(200, "text/plain", ""));
        Listener.http("websocket", ports.websocket(), health);
        Listener.https("secure-websocket", ports.websocketTls(), tls.server, gatewayProtocols, health);
    }

    private void deployApis() {
        if (puller != null) {
            puller.start(config.number("apim.sync_runtime_artifacts.gateway.deployment_retry_duration", 15_000));
        } else {
            folder.start();
        }
    }

    private Handler versionService() {
        return request -> Response.xml(200, "<ns:getVersionResponse xmlns:ns=\"http://version.services.core.carbon.wso2.org\"><return>"
            + version + "</return></ns:getVersionResponse>");
    }

    /** The portals' address as browsers see it: the host name, and the proxy's port where one is configured. */
    private String portal() {
        String port = config.text("transport.https.properties.proxyPort", String.valueOf(ports.managementHttps()));
        return "https://" + config.text("server.hostname", "localhost") + (port.equals("443") ? "" : ":" + port);
    }
}
