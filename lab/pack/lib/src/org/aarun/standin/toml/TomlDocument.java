package org.aarun.standin.toml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The values, and the order of the table headers (which matters for [secrets]). */
public final class TomlDocument {
    public final Map<String, Object> root = new LinkedHashMap<>();
    public final List<String> headers = new ArrayList<>();
}
