package org.aarun.standin.data;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** One datasource: a small pool that tests a connection before lending it, and statements as one-liners. */
public final class Db {
    private static final int MOST = 16;

    public final String name;
    private final String url;
    private final Properties credentials = new Properties();
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final Semaphore permits = new Semaphore(MOST);
    private Driver driver;
    private String broken;

    public Db(String name, String url, String user, String password) {
        this.name = name;
        this.url = url;
        credentials.put("user", user);
        credentials.put("password", password);
    }

    /** A datasource that could not be defined: each use fails with the reason. */
    static Db broken(String name, String reason) {
        Db db = new Db(name, "", "", "");
        db.broken = reason;
        return db;
    }

    boolean isBroken() {
        return broken != null;
    }

    public void use(Driver loaded) {
        this.driver = loaded;
    }

    public interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    public <T> T with(Work<T> work) throws SQLException {
        borrowPermit();
        Connection connection = null;
        boolean fine = false;
        try {
            connection = borrow();
            T result = work.on(connection);
            fine = true;
            return result;
        } catch (SQLException e) {
            fine = connection != null && connection.isValid(1);
            throw e;
        } finally {
            giveBack(connection, fine);
            permits.release();
        }
    }

    /** Several statements, all or none. */
    public <T> T transaction(Work<T> work) throws SQLException {
        return with(connection -> {
            connection.setAutoCommit(false);
            try {
                T result = work.on(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        });
    }

    public int update(String sql, Object... values) throws SQLException {
        return with(connection -> update(connection, sql, values));
    }

    public static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, values)) {
            return statement.executeUpdate();
        }
    }

    /** Rows as maps; column names in lower case. */
    public List<Map<String, String>> rows(String sql, Object... values) throws SQLException {
        return with(connection -> {
            try (PreparedStatement statement = prepare(connection, sql, values); ResultSet result = statement.executeQuery()) {
                List<Map<String, String>> rows = new ArrayList<>();
                int columns = result.getMetaData().getColumnCount();
                while (result.next()) {
                    Map<String, String> row = new LinkedHashMap<>();
                    for (int i = 1; i <= columns; i++) {
                        row.put(result.getMetaData().getColumnLabel(i).toLowerCase(), result.getString(i));
                    }
                    rows.add(row);
                }
                return rows;
            }
        });
    }

    /** The only or first row, or null. */
    public Map<String, String> row(String sql, Object... values) throws SQLException {
        List<Map<String, String>> rows = rows(sql, values);
        return rows.isEmpty() ? null : rows.get(0);
    }

    /** Whether an error says that a row with this key is there already. */
    public static boolean isDuplicate(SQLException e) {
        return String.valueOf(e.getSQLState()).startsWith("23");
    }

    private static PreparedStatement prepare(Connection connection, String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }

    private void borrowPermit() throws SQLException {
        try {
            if (!permits.tryAcquire(20, TimeUnit.SECONDS)) {
                throw new SQLException("Timeout: Pool empty. Unable to fetch a connection of " + name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException(e);
        }
    }

    private Connection borrow() throws SQLException {
        if (driver == null) {
            throw new SQLException(broken == null ? "No driver for the datasource " + name : broken);
        }
        for (Connection old = poll(); old != null; old = poll()) {
            if (old.isValid(2)) {
                return old;
            }
            close(old);
        }
        Connection fresh = driver.connect(url, credentials);
        if (fresh == null) {
            throw new SQLException("Driver:" + driver + " returned null for URL:" + url);
        }
        return fresh;
    }

    private Connection poll() {
        synchronized (idle) {
            return idle.pollFirst();
        }
    }

    private void giveBack(Connection connection, boolean fine) {
        if (connection == null) {
            return;
        }
        if (fine) {
            synchronized (idle) {
                idle.addFirst(connection);
            }
        } else {
            close(connection);
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException ignored) {
            // it is thrown away anyhow
        }
    }
}
