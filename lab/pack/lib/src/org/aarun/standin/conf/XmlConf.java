package org.aarun.standin.conf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.aarun.standin.StartFailure;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** An element of a configuration file, asked by paths such as "Security/KeyStore"; placeholders are resolved on reading. */
public final class XmlConf {
    private final Element element;
    private final Placeholders placeholders;

    private XmlConf(Element element, Placeholders placeholders) {
        this.element = element;
        this.placeholders = placeholders;
    }

    public static XmlConf read(Path home, String file, Placeholders placeholders) throws IOException {
        try {
            return new XmlConf(XmlFiles.read(home.resolve("repository/conf").resolve(file)), placeholders);
        } catch (SAXException e) {
            throw new StartFailure("org.wso2.carbon.core.init.CarbonServerManager", "Error while reading " + file + ": " + e.getMessage(), e);
        }
    }

    /** The elements at the path, in order. */
    public List<XmlConf> all(String path) {
        List<XmlConf> found = List.of(this);
        for (String name : path.split("/")) {
            List<XmlConf> next = new ArrayList<>();
            found.forEach(parent -> parent.children(name, next));
            found = next;
        }
        return found;
    }

    private void children(String name, List<XmlConf> out) {
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element && child.getNodeName().equals(name)) {
                out.add(new XmlConf((Element) child, placeholders));
            }
        }
    }

    /** The text at the path; empty when there is none. */
    public String text(String path) {
        List<XmlConf> found = all(path);
        return found.isEmpty() ? "" : found.get(0).text();
    }

    public String text() {
        return placeholders.resolve(element.getTextContent().trim());
    }

    /** The text as it is written, of what the product does not resolve. */
    public String raw() {
        return element.getTextContent().trim();
    }

    public String attribute(String name) {
        return placeholders.resolve(element.getAttribute(name));
    }

    /** The value of <parameter name="...">; empty when there is none. */
    public String parameter(String name) {
        return all("parameter").stream().filter(parameter -> parameter.attribute("name").equals(name)).findFirst()
            .map(XmlConf::text).orElse("");
    }
}
