package org.aarun.standin.throttle;

/** What a quota is for: each kind of policy has a table and, in 3.x, files of its own. */
public enum Level {
    API("advanced", "AM_API_THROTTLE_POLICY", "DEFAULT_", "resource", "_default"),
    APPLICATION("application", "AM_POLICY_APPLICATION", "", "app", ""),
    SUBSCRIPTION("subscription", "AM_POLICY_SUBSCRIPTION", "", "sub", "");

    /** In the Admin API's path. */
    public final String path;
    final String table;
    /** Before the names of the columns that hold the quota. */
    final String column;
    private final String plan;
    private final String suffix;

    Level(String path, String table, String column, String plan, String suffix) {
        this.path = path;
        this.table = table;
        this.column = column;
        this.plan = plan;
        this.suffix = suffix;
    }

    String planOf(String policy) {
        return "carbon.super_" + plan + "_" + policy + suffix;
    }
}
