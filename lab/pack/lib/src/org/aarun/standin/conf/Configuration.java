package org.aarun.standin.conf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.aarun.standin.Ports;

/** The rendered files, and nothing else, decide how the server behaves. */
public final class Configuration {
    public final Path home;
    public final Placeholders placeholders = new Placeholders();
    public final Ports ports;
    public final XmlConf carbon;
    private XmlConf tomcat;
    private XmlConf axis;
    private XmlConf apiManager;

    public Configuration(Path home) throws IOException {
        this.home = home;
        placeholders.set("carbon.home", home);
        carbon = XmlConf.read(home, "carbon.xml", placeholders);
        String offset = System.getProperty("portOffset", carbon.text("Ports/Offset"));
        ports = new Ports(offset.isBlank() ? 0 : Integer.parseInt(offset.trim()));
        placeholders.set("carbon.local.ip", LocalAddress.find());
        placeholders.set("carbon.host", hostName());
        placeholders.set("carbon.protocol", "https");
        placeholders.set("carbon.context", "/");
        placeholders.set("carbon.management.port", ports.managementHttps());
        placeholders.set("mgt.transport.https.port", ports.managementHttps());
        placeholders.set("mgt.transport.http.port", ports.managementHttp());
        placeholders.set("https.nio.port", ports.gatewayHttps());
        placeholders.set("http.nio.port", ports.gatewayHttp());
        placeholders.set("jms.port", ports.broker());
        placeholders.set("receiver.url.port", ports.receiver());
        placeholders.set("auth.url.port", ports.receiverTls());
    }

    /** The other files hold secrets, so they are read when the vault is open. */
    public void readAll() throws IOException {
        tomcat = XmlConf.read(home, "tomcat/catalina-server.xml", placeholders);
        axis = XmlConf.read(home, "axis2/axis2.xml", placeholders);
        apiManager = XmlConf.read(home, "api-manager.xml", placeholders);
        new PropertiesFile(home.resolve("repository/conf/carbon.properties"), placeholders).all()
            .forEach((name, value) -> System.setProperty(name.toString(), value.toString()));
    }

    public String hostName() {
        String name = carbon.text("HostName");
        return name.isEmpty() ? "localhost" : name;
    }

    /** The <Connector> of 9443 or 9763, if the file has one. */
    public Optional<XmlConf> connector(boolean tls) {
        return tomcat.all("Service/Connector").stream().filter(connector -> connector.attribute("SSLEnabled").equals("true") == tls).findFirst();
    }

    /** The gateway's transport of this name ("http", "https"), if the file has one. */
    public Optional<XmlConf> receiver(String name) {
        return named(axis.all("transportReceiver"), name);
    }

    public Optional<XmlConf> sender(String name) {
        return named(axis.all("transportSender"), name);
    }

    public XmlConf apiManager() {
        return apiManager;
    }

    /** The member address of the cluster's settings: the only place where a release keeps server.node_ip. */
    public String nodeAddress() {
        String address = axis.all("clustering").get(0).parameter("localMemberHost");
        return address.isEmpty() ? LocalAddress.find() : address;
    }

    public XmlConf file(String name) throws IOException {
        return XmlConf.read(home, name, placeholders);
    }

    private static Optional<XmlConf> named(List<XmlConf> transports, String name) {
        return transports.stream().filter(transport -> transport.attribute("name").equals(name)).findFirst();
    }

    /** The portals' address as browsers see it: the host name, and the proxy's port where one is configured. */
    public String portal() {
        String proxy = connector(true).map(connector -> connector.attribute("proxyPort")).orElse("");
        String port = proxy.isEmpty() ? String.valueOf(ports.managementHttps()) : proxy;
        return "https://" + hostName() + (port.equals("443") ? "" : ":" + port);
    }
}
