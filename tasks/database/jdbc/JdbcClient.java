import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * Asks a database or changes it, through the JDBC driver of its vendor. Standard input holds the request, and behind it the
 * jar with this class: `java -cp /dev/stdin JdbcClient`, so that nothing is stored on the machine and no password is on a
 * command line or in the environment. Java 8, because the oldest releases of the product run on that.
 *
 * The request is `COUNT\n` and then COUNT fields, each `NAME LENGTH\n` with LENGTH bytes of UTF-8 behind it. Fields that set
 * something come first, and what is to be done after them, in order:
 *
 *   driver, class, url                  the jar, its class, where the database is
 *   property.NAME, system.NAME          properties of the connection and of this JVM
 *   transaction                         all that follows is one transaction
 *   escapes                             line ends and tabs of values are written as the mysql client does
 *   patience                            seconds after which connecting, or one statement, counts as lost
 *   tables [SCHEMA]                     names of the tables, one a line
 *   query SQL                           rows, one a line, columns between tabs
 *   run SQL                             a statement; nothing is printed
 *   label TEXT, statement SQL           a statement of a script; label says where it stands
 */
public final class JdbcClient {
    private static final PrintStream OUT = System.out;
    private static final PrintStream ERR = System.err;

    /** What is being done, and since when: the watchdog and messages look at it. */
    private static volatile String doing = "connecting";
    private static volatile long since = System.nanoTime();

    private boolean escapes;
    private int done;
    private int total;
    private long shown = System.nanoTime();
    private String label = "";

    public static void main(String[] arguments) throws IOException {
        int code = 1;
        try {
            List<String[]> request = read();
            watch(number(request, "patience", 600));
            new JdbcClient().run(request);
            code = 0;
        } catch (SQLException error) {
            complain(error);
        } catch (ClassNotFoundException error) {
            ERR.println("ERROR driver: it has no class " + error.getMessage());
        } catch (LinkageError error) {
            ERR.println("ERROR driver: " + error);
        } catch (ReflectiveOperationException error) {
            ERR.println("ERROR driver: " + error);
        }
        end(code);
    }

    /** Without waiting for threads that drivers leave running. */
    private static void end(int code) {
        OUT.flush();
        ERR.flush();
        Runtime.getRuntime().halt(code);
    }

    private static List<String[]> read() throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
        int count = Integer.parseInt(line(in));
        List<String[]> fields = new ArrayList<String[]>();
        for (int i = 0; i < count; i++) {
            String head = line(in);
            int space = head.lastIndexOf(' ');
            byte[] bytes = new byte[Integer.parseInt(head.substring(space + 1))];
            in.readFully(bytes);
            fields.add(new String[] { head.substring(0, space), new String(bytes, "UTF-8") });
        }
        return fields;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) throw new IOException("the request ends too early");
            text.append((char) c);
        }
        return text.toString();
    }

    private static int number(List<String[]> request, String name, int otherwise) {
        String value = value(request, name);
        return value == null ? otherwise : Integer.parseInt(value);
    }

    private static String value(List<String[]> request, String name) {
        for (String[] field : request) if (field[0].equals(name)) return field[1];
        return null;
    }

    /** A network that swallows packets tells no driver that the connection is gone. */
    private static void watch(final int seconds) {
        Thread watchdog = new Thread("watchdog") {
            @Override public void run() {
                while (true) {
                    long limit = doing.equals("connecting") ? Math.min(seconds, 30) : seconds;
                    if (System.nanoTime() - since > limit * 1000000000L) {
                        ERR.println("ERROR timeout: no answer for " + limit + " s");
                        ERR.println("DOING " + doing);
                        end(1);
                    }
                    try {
                        Thread.sleep(200);
                    } catch (InterruptedException ignored) {
                        return;
                    }
                }
            }
        };
        watchdog.setDaemon(true);
        watchdog.start();
    }

    private void run(List<String[]> request) throws SQLException, ReflectiveOperationException, IOException {
        Properties properties = new Properties();
        for (String[] field : request) {
            if (field[0].startsWith("property.")) properties.setProperty(field[0].substring(9), field[1]);
            if (field[0].startsWith("system.")) System.setProperty(field[0].substring(7), field[1]);
            if (field[0].equals("statement")) total++;
        }
        escapes = value(request, "escapes") != null;
        Connection connection = connect(request, properties);
        boolean whole = value(request, "transaction") != null;
        if (whole) connection.setAutoCommit(false);
        if (total > 0) progress(true);
        try {
            for (String[] field : request) act(connection, field[0], field[1]);
            if (whole) {
                begin("committing");
                connection.commit();
            }
        } catch (SQLException error) {
            if (whole) undo(connection);
            throw error;
        }
        connection.close();
    }

    /** So that it is undone when we end, and not when the server has noticed that. */
    private static void undo(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException ignored) {
            // The connection is lost: the server does it by itself.
        }
    }

    private static void begin(String what) {
        since = System.nanoTime();
        doing = what;
    }

    private static Connection connect(List<String[]> request, Properties properties) throws SQLException, ReflectiveOperationException, IOException {
        File jar = new File(value(request, "driver"));
        ClassLoader loader = new URLClassLoader(new URL[] { jar.toURI().toURL() }, JdbcClient.class.getClassLoader());
        Thread.currentThread().setContextClassLoader(loader);
        Driver driver = (Driver) Class.forName(value(request, "class"), true, loader).getDeclaredConstructor().newInstance();
        Connection connection = driver.connect(value(request, "url"), properties);
        if (connection == null) throw new SQLException("the driver does not know the URL " + value(request, "url"), "08001");
        return connection;
    }

    private void act(Connection connection, String name, String value) throws SQLException {
        if (name.equals("label")) label = value;
        else if (name.equals("tables")) tables(connection, value);
        else if (name.equals("query")) query(connection, value);
        else if (name.equals("run")) execute(connection, value, "a statement before or after the script");
        else if (name.equals("statement")) {
            execute(connection, value, "statement " + (done + 1) + " of " + total + ", " + label);
            done++;
            progress(done == total);
        }
    }

    /** Of the schema in which this account works, unless another is named. */
    private void tables(Connection connection, String named) throws SQLException {
        begin("looking for tables");
        String schema = named.isEmpty() ? connection.getSchema() : named;
        ResultSet found = connection.getMetaData().getTables(connection.getCatalog(), schema, "%", new String[] { "TABLE", "BASE TABLE" });
        while (found.next()) OUT.println(written(found.getString("TABLE_NAME")));
        found.close();
    }

    private void query(Connection connection, String sql) throws SQLException {
        begin("a question");
        Statement statement = statement(connection);
        boolean rows = statement.execute(sql);
        while (rows || statement.getUpdateCount() != -1) {
            if (rows) print(statement.getResultSet());
            rows = statement.getMoreResults();
        }
        statement.close();
    }

    private void print(ResultSet rows) throws SQLException {
        int columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
            StringBuilder line = new StringBuilder();
            for (int i = 1; i <= columns; i++) line.append(i == 1 ? "" : "\t").append(written(rows.getString(i)));
            OUT.println(line);
        }
    }

    private String written(String value) {
        if (value == null) return escapes ? "NULL" : "";
        return escapes ? value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\0", "\\0") : value;
    }

    private static Statement statement(Connection connection) throws SQLException {
        Statement statement = connection.createStatement();
        // {braces} in comments and texts, and Oracle's :NEW, stand for themselves.
        statement.setEscapeProcessing(false);
        return statement;
    }

    /** All results are looked at: SQL Server tells errors of later statements of a batch only there. */
    private static void execute(Connection connection, String sql, String what) throws SQLException {
        begin(what);
        Statement statement = statement(connection);
        boolean rows = statement.execute(sql);
        while (rows || statement.getUpdateCount() != -1) rows = statement.getMoreResults();
        statement.close();
    }

    private void progress(boolean certainly) {
        long now = System.nanoTime();
        if (!certainly && now - shown < 1000000000L) return;
        shown = now;
        OUT.println("statement " + done + " of " + total);
        OUT.flush();
    }

    /** Line by line: what went wrong, what lies behind it, what was being done. */
    private static void complain(SQLException error) {
        int more = 3;
        for (SQLException each = error; each != null && more-- > 0; each = each.getNextException())
            ERR.println("ERROR " + each.getErrorCode() + " (" + each.getSQLState() + "): " + oneLine(each.getMessage()));
        Throwable cause = error;
        for (int depth = 0; cause.getCause() != null && cause.getCause() != cause && depth < 20; depth++) cause = cause.getCause();
        if (cause != error) ERR.println("CAUSE " + cause.getClass().getName() + ": " + oneLine(cause.getMessage()));
        ERR.println("DOING " + doing);
    }

    private static String oneLine(String text) {
        return text == null ? "" : text.trim().replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }
}
