package org.aarun.standin.publisher;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.aarun.standin.data.Db;
import org.aarun.standin.json.Json;

/** APIs in AM_API. */
final class ApiStore {
    private static final String SELECT = "SELECT API_UUID, API_PROVIDER, STATUS, DEFINITION FROM AM_API";

    private final Db apim;

    ApiStore(Db apim) {
        this.apim = apim;
    }

    void add(ApiRecord api) throws SQLException {
        apim.update("INSERT INTO AM_API (API_UUID, API_PROVIDER, API_NAME, API_VERSION, CONTEXT, API_TIER, STATUS, DEFINITION)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)", api.id, api.provider, api.text("name"), api.text("version"),
            api.context() + "/" + api.text("version"), api.text("throttlingPolicy"), api.status, Json.write(api.definition));
    }

    List<ApiRecord> all() throws SQLException {
        List<ApiRecord> out = new ArrayList<>();
        for (Map<String, String> row : apim.rows(SELECT + " ORDER BY API_NAME, API_VERSION")) {
            out.add(record(row));
        }
        return out;
    }

    ApiRecord find(String id) throws SQLException {
        Map<String, String> row = apim.row(SELECT + " WHERE API_UUID = ?", id);
        return row == null ? null : record(row);
    }

    void update(ApiRecord api, Map<String, Object> definition) throws SQLException {
        apim.update("UPDATE AM_API SET DEFINITION = ?, API_TIER = ? WHERE API_UUID = ?", Json.write(definition),
            String.valueOf(definition.getOrDefault("throttlingPolicy", "")), api.id);
    }

    void setStatus(ApiRecord api, String status) throws SQLException {
        apim.update("UPDATE AM_API SET STATUS = ? WHERE API_UUID = ?", status, api.id);
    }

    boolean hasSubscriptions(ApiRecord api) throws SQLException {
        return apim.row("SELECT S.UUID FROM AM_SUBSCRIPTION S JOIN AM_API P ON P.API_ID = S.API_ID WHERE P.API_UUID = ?", api.id) != null;
    }

    void delete(ApiRecord api) throws SQLException {
        apim.update("DELETE FROM AM_API WHERE API_UUID = ?", api.id);
    }

    private static ApiRecord record(Map<String, String> row) {
        return new ApiRecord(row.get("api_uuid"), row.get("api_provider"), row.get("status"), Json.object(row.get("definition")));
    }
}
