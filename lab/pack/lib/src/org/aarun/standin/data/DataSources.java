package org.aarun.standin.data;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.aarun.standin.conf.Placeholders;
import org.aarun.standin.conf.XmlFiles;
import org.aarun.standin.log.Log;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The datasources of the rendered master-datasources.xml. A broken one is logged and stays broken; the start goes on. */
public final class DataSources {
    private static final Log CORE = Log.of("org.wso2.carbon.ndatasource.core.DataSourceManager");
    private static final Log RDBMS = Log.of("org.wso2.carbon.ndatasource.rdbms.RDBMSDataSource");
    private static final Log APIM = Log.of("org.wso2.carbon.apimgt.impl.internal.APIManagerComponent");
    private static final Pattern KNOWN = Pattern.compile("MySQL|H2|DB2|MS SQL|Microsoft|PostgreSQL|Oracle");

    public Db apim;
    public final Db shared;
    private final Map<String, String> classNames = new HashMap<>();

    public DataSources(Path home, Placeholders placeholders) throws IOException {
        Map<String, Db> found = new HashMap<>();
        try {
            Element root = XmlFiles.read(home.resolve("repository/conf/datasources/master-datasources.xml"));
            NodeList list = root.getElementsByTagName("datasource");
            for (int i = 0; i < list.getLength(); i++) {
                Db db = define((Element) list.item(i), placeholders);
                found.put(db.name, db);
            }
        } catch (SAXException e) {
            CORE.error("Error in intializing system data sources: " + e.getMessage(), e);
        }
        Drivers drivers = new Drivers(home);
        apim = open(found, "WSO2AM_DB", drivers);
        shared = open(found, "WSO2_SHARED_DB", drivers);
        checkKind();
        Schema.check(apim, Schema.APIM);
        Schema.check(shared, Schema.SHARED);
    }

    /** API Manager has its SQL for these drivers, which it knows by the name that they give themselves. MariaDB's is none of them. */
    private void checkKind() {
        try {
            String driver = apim.with(connection -> connection.getMetaData().getDriverName());
            if (!KNOWN.matcher(driver).find()) {
                String reason = "Could not find DB type to load constants";
                APIM.error("Error while initializing the API manager component: " + reason + " (the driver is " + driver + ")",
                    new IllegalStateException(reason));
                apim = Db.broken("WSO2AM_DB", reason);
            }
        } catch (SQLException alreadyLogged) {
            // a broken datasource stays broken
        }
    }

    private Db define(Element element, Placeholders placeholders) {
        String name = child(element, "name");
        classNames.put(name, child(element, "driverClassName"));
        return new Db(name, child(element, "url"), placeholders.resolve(child(element, "username")),
            placeholders.resolve(child(element, "password")));
    }

    private Db open(Map<String, Db> found, String name, Drivers drivers) {
        Db db = found.get(name);
        if (db == null) {
            CORE.error("Error in intializing system data sources: the datasource " + name + " is not defined");
            return Db.broken(name, "Couldn't find the datasource jdbc/" + name);
        }
        try {
            db.use(drivers.load(classNames.get(name)));
            db.with(connection -> connection.isValid(5));
        } catch (ClassNotFoundException | SQLException e) {
            RDBMS.error("Error in creating the datasource " + name + ": " + reason(e), e);
            CORE.error("Error in intializing system data sources: " + name);
        }
        return db;
    }

    private static String reason(Exception e) {
        return e instanceof ClassNotFoundException ? "Unable to load class: " + e.getMessage() : e.getMessage();
    }

    private static String child(Element element, String name) {
        NodeList list = element.getElementsByTagName(name);
        return list.getLength() == 0 ? "" : list.item(0).getTextContent().trim();
    }
}
