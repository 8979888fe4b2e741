package org.aarun.standin.throttle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aarun.standin.Version;
import org.aarun.standin.data.Db;
import org.aarun.standin.log.Log;

/**
 * Throttling policies. Names such as 10PerMin or 2KPerHour explain themselves; others are created by the Admin API, kept
 * in apim_db and, in 3.x, known to a traffic manager only by a file in its executionplans folder.
 */
public final class Policies {
    private static final Log LOG = Log.of("org.wso2.carbon.apimgt.impl.utils.APIUtil");
    private static final Pattern NAME = Pattern.compile("(\\d+)(K?)Per(Sec|Min|Hour|Day)");
    private static final Pattern PLAN = Pattern.compile("timeBatch\\((\\d+) (\\w+), 0\\).*count\\(messageID\\) >= (\\d+)", Pattern.DOTALL);
    private static final List<String> SHIPPED = List.of("10PerMin", "20PerMin", "50PerMin", "Unlimited");

    private final Db apim;
    private final Path plans;
    private final boolean fromDatabase;

    public Policies(Db apim, Path home, Version version) {
        this.apim = apim;
        this.plans = home.resolve("repository/deployment/server/executionplans");
        this.fromDatabase = version.artifactsInDatabase();
    }

    /** What a first start writes. Two first starts at once write the same rows, and one of them fails. */
    public void addShipped() throws InterruptedException {
        try {
            for (String name : SHIPPED) {
                if (apim.row("SELECT NAME FROM AM_POLICY_APPLICATION WHERE NAME = ? AND TENANT_ID = -1234", name) == null) {
                    Thread.sleep(50);
                    apim.update("INSERT INTO AM_POLICY_APPLICATION (NAME, DISPLAY_NAME, TENANT_ID, QUOTA_TYPE, QUOTA)"
                        + " VALUES (?, ?, -1234, 'requestCount', ?)", name, name, name.equals("Unlimited") ? Integer.MAX_VALUE : Integer.parseInt(name.replace("PerMin", "")));
                }
            }
        } catch (SQLException e) {
            LOG.error("Error while adding default policies: " + e.getMessage(), e);
        }
    }

    public void create(String name, long calls, String unit, long unitTime) throws SQLException, IOException {
        apim.update("INSERT INTO AM_API_THROTTLE_POLICY (NAME, DISPLAY_NAME, TENANT_ID, DEFAULT_QUOTA_TYPE, DEFAULT_QUOTA,"
            + " DEFAULT_UNIT_TIME, DEFAULT_TIME_UNIT) VALUES (?, ?, -1234, 'requestCount', ?, ?, ?)", name, name, calls, unitTime, unit);
        Files.createDirectories(plans);
        Files.writeString(plan(name), "@Plan:name('carbon.super_resource_" + name + "_default')\n"
            + "from RequestStream#throttler:timeBatch(" + unitTime + " " + unit + ", 0)\n"
            + "select throttleKey, (count(messageID) >= " + calls + ") as isThrottled group by throttleKey\n"
            + "insert all events into ResultStream;\n");
    }

    public List<Map<String, String>> list() throws SQLException {
        return apim.rows("SELECT NAME, DEFAULT_QUOTA, DEFAULT_UNIT_TIME, DEFAULT_TIME_UNIT FROM AM_API_THROTTLE_POLICY ORDER BY NAME");
    }

    public boolean delete(String name) throws SQLException, IOException {
        Files.deleteIfExists(plan(name));
        return apim.update("DELETE FROM AM_API_THROTTLE_POLICY WHERE NAME = ?", name) > 0;
    }

    /** The quota as this node's traffic manager knows it, or null: not limited. */
    Quota quota(String name) {
        Matcher builtIn = NAME.matcher(name);
        if (builtIn.matches()) {
            return new Quota(Long.parseLong(builtIn.group(1)) * (builtIn.group(2).isEmpty() ? 1 : 1000), Quota.unit(builtIn.group(3)));
        }
        try {
            return fromDatabase ? fromDatabase(name) : fromPlan(name);
        } catch (SQLException | IOException e) {
            LOG.error("Error while reading the throttle policy " + name + ": " + e.getMessage());
            return null;
        }
    }

    private Quota fromDatabase(String name) throws SQLException {
        Map<String, String> row = apim.row("SELECT DEFAULT_QUOTA, DEFAULT_UNIT_TIME, DEFAULT_TIME_UNIT"
            + " FROM AM_API_THROTTLE_POLICY WHERE NAME = ?", name);
        return row == null ? null : new Quota(Long.parseLong(row.get("default_quota")),
            Long.parseLong(row.get("default_unit_time")) * Quota.unit(row.get("default_time_unit")));
    }

    private Quota fromPlan(String name) throws IOException {
        if (!Files.exists(plan(name))) {
            return null;
        }
        Matcher matcher = PLAN.matcher(Files.readString(plan(name)));
        return !matcher.find() ? null
            : new Quota(Long.parseLong(matcher.group(3)), Long.parseLong(matcher.group(1)) * Quota.unit(matcher.group(2)));
    }

    private Path plan(String name) {
        if (!name.matches("[A-Za-z0-9_-]+")) {
            throw new IllegalArgumentException("a policy name consists of letters, digits, _ and -");
        }
        return plans.resolve("carbon.super_resource_" + name + "_default.siddhiql");
    }
}
