package org.aarun.standin.gateway;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.aarun.standin.conf.XmlFiles;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** A deployed API as the gateway sees it, and its form as a synapse-like XML document. */
public final class ApiArtifact {
    public final String provider;
    public final String name;
    public final String version;
    public final String context;
    public final String endpoint;
    public final String policy;
    public final List<Resource> resources;

    public ApiArtifact(String provider, String name, String version, String context, String endpoint, String policy, List<Resource> resources) {
        this.provider = provider;
        this.name = name;
        this.version = version;
        this.context = context;
        this.endpoint = endpoint;
        this.policy = policy;
        this.resources = resources;
    }

    public String fileName() {
        return fileName(provider, name, version);
    }

    public static String fileName(String provider, String name, String version) {
        return provider + "--" + name + "_v" + version + ".xml";
    }

    /** Where it is served: context and version. */
    String path() {
        return context + "/" + version;
    }

    String title() {
        return provider + "--" + name + ":v" + version;
    }

    public String toXml() {
        StringBuilder out = new StringBuilder();
        out.append("<api xmlns=\"http://ws.apache.org/ns/synapse\" name=\"").append(escape(provider + "--" + name))
            .append("\" context=\"").append(escape(context)).append("\" version=\"").append(escape(version))
            .append("\" version-type=\"context\" policy=\"").append(escape(policy)).append("\">\n")
            .append("  <endpoint uri=\"").append(escape(endpoint)).append("\"/>\n");
        for (Resource resource : resources) {
            out.append("  <resource methods=\"").append(escape(resource.verb)).append("\" url-mapping=\"").append(escape(resource.target))
                .append("\" auth=\"").append(resource.open ? "none" : "required").append("\" policy=\"").append(escape(resource.policy))
                .append("\"/>\n");
        }
        return out.append("</api>\n").toString();
    }

    static ApiArtifact fromXml(String xml) throws IOException, SAXException {
        Element api = XmlFiles.parse(xml);
        String[] title = api.getAttribute("name").split("--", 2);
        if (!api.getTagName().equals("api") || title.length != 2) {
            throw new IOException("not an API definition");
        }
        Element endpoint = (Element) api.getElementsByTagName("endpoint").item(0);
        List<Resource> resources = new ArrayList<>();
        NodeList list = api.getElementsByTagName("resource");
        for (int i = 0; i < list.getLength(); i++) {
            Element resource = (Element) list.item(i);
            resources.add(new Resource(resource.getAttribute("methods"), resource.getAttribute("url-mapping"),
                resource.getAttribute("auth").equals("none"), resource.getAttribute("policy")));
        }
        return new ApiArtifact(title[0], title[1], api.getAttribute("version"), api.getAttribute("context"),
            endpoint.getAttribute("uri"), api.getAttribute("policy"), resources);
    }

    private static String escape(String value) {
        return value.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
