package org.aarun.standin.config;

/** What is inferred from `type` in a [database.x] table. */
final class DatabaseType {
    final String driver;
    final String validationQuery;
    private final String urlPattern;
    private final String port;

    private DatabaseType(String driver, String validationQuery, String urlPattern, String port) {
        this.driver = driver;
        this.validationQuery = validationQuery;
        this.urlPattern = urlPattern;
        this.port = port;
    }

    static DatabaseType of(String type) {
        switch (type) {
            case "postgre":
                return new DatabaseType("org.postgresql.Driver", "SELECT 1; COMMIT", "jdbc:postgresql://%s:%s/%s", "5432");
            case "mysql":
                return new DatabaseType("com.mysql.jdbc.Driver", "SELECT 1", "jdbc:mysql://%s:%s/%s", "3306");
            case "mssql":
                return new DatabaseType("com.microsoft.sqlserver.jdbc.SQLServerDriver", "SELECT 1",
                    "jdbc:sqlserver://%s:%s;databaseName=%s", "1433");
            case "oracle":
                return new DatabaseType("oracle.jdbc.OracleDriver", "SELECT 1 FROM DUAL", "jdbc:oracle:thin:@%s:%s/%s", "1521");
            case "db2":
                return new DatabaseType("com.ibm.db2.jcc.DB2Driver", "SELECT 1 FROM sysibm.sysdummy1", "jdbc:db2://%s:%s/%s",
                    "50000");
            case "h2":
                return new DatabaseType("org.h2.Driver", "SELECT 1", "", "");
            default:
                return new DatabaseType("", "", "", "");
        }
    }

    /** The URL from hostname, port and name, when no url is given. */
    String url(Config config, String path) {
        return String.format(urlPattern, config.text(path + "hostname", "localhost"), config.text(path + "port", port),
            config.text(path + "name"));
    }

    static String datasourceName(String id) {
        switch (id) {
            case "apim_db":
                return "WSO2AM_DB";
            case "shared_db":
                return "WSO2_SHARED_DB";
            case "local":
                return "WSO2_CARBON_DB";
            default:
                return id;
        }
    }
}
