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
                    insert(Level.APPLICATION, name, name.equals("Unlimited") ? Integer.MAX_VALUE : Integer.parseInt(name.replace("PerMin", "")), "min", 1);
                }
            }
        } catch (SQLException e) {
            LOG.error("Error while adding default policies: " + e.getMessage(), e);
        }
    }

    private void insert(Level level, String name, long calls, String unit, long unitTime) throws SQLException {
        String prefix = level.column;
        apim.update("INSERT INTO " + level.table + " (NAME, DISPLAY_NAME, TENANT_ID, " + prefix + "QUOTA_TYPE, " + prefix + "QUOTA, "
            + prefix + "UNIT_TIME, " + prefix + "TIME_UNIT) VALUES (?, ?, -1234, 'requestCount', ?, ?, ?)", name, name, calls, unitTime, unit);
    }

    public void create(Level level, String name, long calls, String unit, long unitTime) throws SQLException, IOException {
        insert(level, name, calls, unit, unitTime);
        Files.createDirectories(plans);
        Files.writeString(plan(level, name), "@Plan:name('" + level.planOf(name) + "')\n"
            + "from RequestStream#throttler:timeBatch(" + unitTime + " " + unit + ", 0)\n"
            + "select throttleKey, (count(messageID) >= " + calls + ") as isThrottled group by throttleKey\n"
            + "insert all events into ResultStream;\n");
    }

    /** Without stop_on_quota_reach the calls of a subscription go on, and are only marked. */
    public void stopOnQuotaReach(String name) throws SQLException {
        apim.update("UPDATE AM_POLICY_SUBSCRIPTION SET STOP_ON_QUOTA_REACH = ? WHERE NAME = ?", true, name);
    }

    public List<Map<String, String>> list(Level level) throws SQLException {
        String prefix = level.column;
        return apim.rows("SELECT NAME, " + prefix + "QUOTA AS CALLS, " + prefix + "UNIT_TIME AS UNITS, " + prefix + "TIME_UNIT AS UNIT FROM "
            + level.table + " ORDER BY NAME");
    }

    public boolean delete(Level level, String name) throws SQLException, IOException {
        Files.deleteIfExists(plan(level, name));
        return apim.update("DELETE FROM " + level.table + " WHERE NAME = ?", name) > 0;
    }

    /** Whether a policy of this name may be given to an API, an application or a subscription. */
    public boolean exists(Level level, String name) throws SQLException {
        return name.equals("Unlimited") || NAME.matcher(name).matches()
            || apim.row("SELECT NAME FROM " + level.table + " WHERE NAME = ?", name) != null;
    }

    /** The quota as this node's traffic manager knows it, or null: not limited. */
    Quota quota(Level level, String name) {
        Matcher builtIn = NAME.matcher(name);
        if (builtIn.matches()) {
            return new Quota(Long.parseLong(builtIn.group(1)) * (builtIn.group(2).isEmpty() ? 1 : 1000), Quota.unit(builtIn.group(3)));
        }
        try {
            return fromDatabase ? fromDatabase(level, name) : fromPlan(level, name);
        } catch (SQLException | IOException e) {
            LOG.error("Error while reading the throttle policy " + name + ": " + e.getMessage());
            return null;
        }
    }

    private Quota fromDatabase(Level level, String name) throws SQLException {
        Map<String, String> row = list(level).stream().filter(one -> one.get("name").equals(name)).findFirst().orElse(null);
        return row == null || !stops(level, name) ? null
            : new Quota(Long.parseLong(row.get("calls")), Long.parseLong(row.get("units")) * Quota.unit(row.get("unit")));
    }

    private Quota fromPlan(Level level, String name) throws SQLException, IOException {
        if (!Files.exists(plan(level, name)) || !stops(level, name)) {
            return null;
        }
        Matcher matcher = PLAN.matcher(Files.readString(plan(level, name)));
        return !matcher.find() ? null
            : new Quota(Long.parseLong(matcher.group(3)), Long.parseLong(matcher.group(1)) * Quota.unit(matcher.group(2)));
    }

    private boolean stops(Level level, String name) throws SQLException {
        return level != Level.SUBSCRIPTION || apim.row("SELECT NAME FROM AM_POLICY_SUBSCRIPTION WHERE NAME = ? AND STOP_ON_QUOTA_REACH = ?", name, true) != null;
    }

    private Path plan(Level level, String name) {
        if (!name.matches("[A-Za-z0-9_-]+")) {
            throw new IllegalArgumentException("a policy name consists of letters, digits, _ and -");
        }
        return plans.resolve(level.planOf(name) + ".siddhiql");
    }
}
