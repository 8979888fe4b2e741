package org.aarun.standin;

import java.nio.file.Path;
import java.rmi.registry.LocateRegistry;
import java.security.KeyStore;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.aarun.standin.analytics.Reporter;
import org.aarun.standin.conf.Configuration;
import org.aarun.standin.conf.XmlConf;
import org.aarun.standin.data.DataSources;
import org.aarun.standin.data.LocalDatabase;
import org.aarun.standin.devportal.DevPortalApi;
import org.aarun.standin.gateway.DatabasePuller;
import org.aarun.standin.gateway.Deployments;
import org.aarun.standin.gateway.FolderDeployer;
import org.aarun.standin.gateway.GatewayAdmin;
import org.aarun.standin.gateway.GatewayHandler;
import org.aarun.standin.gateway.Outbound;
import org.aarun.standin.gateway.ReportingHandler;
import org.aarun.standin.gateway.Subscriptions;
import org.aarun.standin.gateway.TokenCheck;
import org.aarun.standin.identity.Authenticator;
import org.aarun.standin.identity.Clients;
import org.aarun.standin.identity.Logins;
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
import org.aarun.standin.web.RestPaths;
import org.aarun.standin.web.Router;

/** The start, step by step, in the product's order. Of the configuration it sees the rendered files only. */
final class Server {
    private static final Log LOG = Log.of("org.wso2.carbon.core.init.CarbonServerManager");
    private static final long DELAY = Settings.number("APIM_STANDIN_START_DELAY_MS", 1500);

    private final Path home;
    private final Version version;
    private final long started = System.currentTimeMillis();

    private Configuration configuration;
    private Ports ports;
    private KeyEntry primary;
    private KeyStore truststore;
    private Tls tls;
    private DataSources data;
    private UserStore users;
    private Policies policies;
    private Messaging messaging;
    private Subscriptions subscriptions;
    private final Deployments deployments = new Deployments();
    private final Router management = new Router();
    private FolderDeployer folder;
    private DatabasePuller puller;

    Server(Path home, Version version) {
        this.home = home;
        this.version = version;
    }

    void start() throws Exception {
        PidFile.write(home);
        configuration = new Configuration(home);
        ports = configuration.ports;
        openKeystores();
        Thread.sleep(DELAY / 2);
        openDatabases();
        defineServices();
        listen();
        messaging.connect(this::told);
        Thread.sleep(DELAY / 2);
        if (folder != null) {
            folder.start();
        }
        LOG.info("Server           :  WSO2 API Manager-" + version.number + " (stand-in)");
        Log.of("org.wso2.carbon.core.internal.StartupFinalizerServiceComponent").info("WSO2 Carbon started in "
            + Math.max(1, (System.currentTimeMillis() - started) / 1000) + " sec");
        Log.of("org.wso2.carbon.ui.internal.CarbonUIServiceComponent").info("Mgt Console URL  : " + configuration.portal() + "/carbon/");
        if (puller != null) {
            String retry = configuration.apiManager().text("RuntimeArtifacts/Gateway/RetryDuration");
            puller.start(DELAY, retry.isEmpty() ? 15_000 : Long.parseLong(retry));
        }
    }

    private void told(Map<String, Object> event) {
        subscriptions.told(event);
        if (puller != null && puller.isReady() && String.valueOf(event.get("event")).endsWith("_GATEWAY")) {
            puller.pull(String.valueOf(event.get("apiId")));
        }
    }

    private void openKeystores() throws Exception {
        if (SecretVault.isUsed(configuration)) {
            configuration.placeholders.readSecretsWith(SecretVault.open(configuration, StartupPassword.read(home))::read);
        }
        XmlConf security = configuration.carbon.all("Security").get(0);
        primary = Keystores.key(home, security.all("KeyStore").get(0));
        Keystores.key(home, security.all("InternalKeyStore").get(0));
        truststore = Keystores.trusted(home, security.all("TrustStore").get(0));
        configuration.readAll();
        KeyEntry https = Keystores.certificate(home, configuration.connector(true).orElseThrow().all("SSLHostConfig/Certificate").get(0));
        tls = new Tls(https, truststore, configuration.sender("https").map(sender -> sender.parameter("HostnameVerifier")).orElse(""));
    }

    private void openDatabases() throws Exception {
        LocalDatabase.lock(home);
        data = new DataSources(home, configuration.placeholders);
        users = new UserStore(data.shared);
        try {
            XmlConf realm = configuration.file("user-mgt.xml").all("Realm/Configuration").get(0);
            configuration.placeholders.set("admin.username", realm.text("AdminUser/UserName"));
            configuration.placeholders.set("admin.password", realm.text("AdminUser/Password"));
            if (!realm.text("AddAdmin").equals("false")) {
                users.createAdmin(realm.text("AdminUser/UserName"), realm.text("AdminUser/Password"));
            }
        } catch (StartFailure e) {
            Log.of("org.wso2.carbon.user.core.internal.Activator").error("Cannot start User Manager Core bundle: " + e.getMessage(), e);
        }
        policies = new Policies(data.apim, home, version);
        policies.addShipped();
    }

    private void defineServices() throws Exception {
        messaging = new Messaging(configuration, version, tls, users, policies);
        RestPaths paths = new RestPaths(version);
        Outbound outbound = new Outbound(tls);
        Clients clients = new Clients(data.apim);
        Logins logins = new Logins(users);
        SystemApps systemApps = new SystemApps(data.apim, clients, configuration.portal(), configuration.placeholders.resolve("${admin.username}"));
        subscriptions = new Subscriptions(data.apim, version.atLeast(3, 2));
        subscriptions.load();
        Tokens tokens = new Tokens(data.apim, primary, configuration.portal() + "/oauth2/token", subscriptions::claims);
        Authenticator authenticator = new Authenticator(users, tokens);
        try {
            tokens.revoked().forEach(messaging.decisions::revoked);
        } catch (SQLException e) {
            LOG.error("Error while loading revoked tokens: " + e.getMessage());
        }
        new DevPortalApi(data.apim, policies, clients, tokens, authenticator, messaging).mount(management, paths, version);
        new OAuthApi(users, clients, tokens, logins, messaging::tokenRevoked).mount(management, paths, authenticator);
        new Portals(systemApps, clients, logins, outbound, configuration.portal(), ports.managementHttps(), version).mount(management);
        new AdminApi(policies, version).mount(management, paths, authenticator);
        String developerPortal = configuration.apiManager().text("APIStore/StoreURL");
        management.on("GET", paths.publisher + "/settings", authenticator.known((request, path) ->
            Response.json(200, Json.of(version.atLeast(4, 0) ? "devportalUrl" : "storeUrl", developerPortal)), "apim:api_view", "apim:publisher_settings"));
        management.on("GET", "/services/Version", (request, path) -> versionService().handle(request));
        definePublisher(paths, authenticator, outbound);
    }

    private void definePublisher(RestPaths paths, Authenticator authenticator, Outbound outbound) {
        List<XmlConf> environments = configuration.apiManager().all("APIGateway/Environments/Environment");
        if (version.artifactsInDatabase()) {
            List<String> labels = List.of(configuration.apiManager().text("RuntimeArtifacts/Gateway/Labels").split(","));
            puller = new DatabasePuller(data.apim, labels, deployments);
            List<String> names = environments.stream().map(environment -> environment.text("Name")).collect(Collectors.toList());
            new PublisherApi(data.apim, policies, authenticator, null, new RevisionDeployer(data.apim, names, messaging)).mount(management, paths);
            if (version.atLeast(4, 1) && !"off".equals(System.getenv("APIM_STANDIN_HEALTHCHECK"))) {
                management.on("GET", "/api/am/gateway/v2/server-startup-healthcheck", (request, path) -> puller.isReady()
                    ? Response.json(200, Json.of("status", "healthy")) : Response.error(500, "Internal server error", "APIs are not deployed yet"));
            }
        } else {
            folder = new FolderDeployer(home, deployments);
            GatewayAdmin admin = new GatewayAdmin(folder);
            management.on("POST", "/services/APIGatewayAdmin", authenticator.known((request, path) -> admin.handle(request)));
            new PublisherApi(data.apim, policies, authenticator, new PushDeployer(environments, outbound), null).mount(management, paths);
        }
    }

    private void listen() throws Exception {
        XmlConf https = configuration.connector(true).orElseThrow();
        Listener.https("https-jsse-nio", ports.managementHttps(), tls.server, https.all("SSLHostConfig").get(0).attribute("protocols"),
            https.attribute("address"), management);
        configuration.connector(false).ifPresent(http -> Listener.http("http-nio", ports.managementHttp(), http.attribute("address"), management));
        Handler gateway = new ReportingHandler(new GatewayHandler(deployments, new TokenCheck(truststore, messaging.decisions), subscriptions,
            messaging, new Outbound(tls), versionService(), configuration.nodeAddress() + ":" + ports.gatewayHttps()), deployments,
            Reporter.of(configuration, version, tls));
        String protocols = configuration.receiver("https").map(receiver -> receiver.parameter("HttpsProtocols")).orElse("");
        configuration.receiver("https").ifPresent(receiver -> Listener.https("passthru-https", ports.gatewayHttps(), tls.server, protocols,
            receiver.parameter("bind-address"), gateway));
        configuration.receiver("http").ifPresent(receiver -> Listener.http("passthru-http", ports.gatewayHttp(), receiver.parameter("bind-address"), gateway));
        if (configuration.file("etc/jmx.xml").text("StartRMIServer").equals("true")) {
            LocateRegistry.createRegistry(ports.jmxRegistry());
            LocateRegistry.createRegistry(ports.jmxServer());
        }
        Handler health = new Router().on("GET", "/health", (request, path) -> Response.of(200, "text/plain", ""));
        Listener.http("websocket", ports.websocket(), "", health);
        if (version.artifactsInDatabase()) {
            Listener.http("webhooks", ports.webSub(), "", new Router());
            Listener.https("secure-webhooks", ports.webSubTls(), tls.server, protocols, "", new Router());
        }
        Listener.https("secure-websocket", ports.websocketTls(), tls.server, protocols, "", health);
    }

    private Handler versionService() {
        return request -> Response.xml(200, "<ns:getVersionResponse xmlns:ns=\"http://version.services.core.carbon.wso2.org\"><return>"
            + version + "</return></ns:getVersionResponse>");
    }
}
