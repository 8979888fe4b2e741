package org.aarun.standin.mapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.aarun.standin.StartFailure;
import org.aarun.standin.Version;
import org.aarun.standin.json.Json;
import org.aarun.standin.log.Log;
import org.aarun.standin.template.Template;
import org.aarun.standin.toml.TomlDocument;
import org.aarun.standin.toml.TomlError;
import org.aarun.standin.toml.TomlReader;

/**
 * deployment.toml to configuration files, in the product's phases: key mappings, inference, defaults, references, units,
 * templates. A key that no rule and no template reads has no effect, and nobody says so.
 */
public final class Mapper {
    public static final String LOGGER = "org.wso2.config.mapper.ConfigParser";
    static final Log LOG = Log.of(LOGGER);
    static final String TOML = "repository/conf/deployment.toml";
    static final String RULES = "repository/resources/conf";

    private final Path home;
    private final Version version;

    public Mapper(Path home, Version version) {
        this.home = home;
        this.version = version;
    }

    /** Renders all files when something changed since the last start. */
    public void run() throws IOException {
        if (Boolean.getBoolean("avoidConfigUpdate")) {
            return;
        }
        if (!Files.exists(home.resolve(TOML))) {
            LOG.warn("deployment.toml not found at " + home.resolve(TOML));
            return;
        }
        new Metadata(home).renderIfChanged(this);
    }

    public static TomlDocument parse(Path file) {
        try {
            return TomlReader.read(Files.readString(file));
        } catch (TomlError | IOException e) {
            LOG.error(String.valueOf(e.getMessage()));
            throw new StartFailure(LOGGER, "Error parsing deployment configuration", e);
        }
    }

    /** Relative paths to contents; `outside` receives what came from the environment. */
    Map<String, String> render(Map<String, String> outside) throws IOException {
        Map<String, Object> values = KeyMappings.apply(Flat.of(parse(home.resolve(TOML)).root), rules("key-mappings.json"));
        values = Inference.apply(values, rules("infer.json"));
        rules("default.json").forEach(values::putIfAbsent);
        outside.putAll(new References(values, version.atLeast(4, 3)).outside);
        Units.apply(values, rules("unit-resolve.json"));
        Map<String, Object> nested = Flat.nested(values);
        Map<String, String> out = new TreeMap<>();
        for (Path template : templates()) {
            String name = home.resolve(RULES).resolve("templates").relativize(template).toString().replaceFirst("\\.j2$", "");
            try {
                out.put(name, Template.render(Files.readString(template), nested));
            } catch (IllegalArgumentException e) {
                throw new StartFailure(LOGGER, "Error while parsing Jinja template " + name + ": " + e.getMessage(), e);
            }
        }
        return out;
    }

    /** Everything but deployment.toml that decides on the outcome. */
    List<Path> ruleFiles() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve(RULES))) {
            List<Path> out = files.filter(file -> file.toString().endsWith(".json")).collect(Collectors.toList());
            out.addAll(templates());
            return out;
        }
    }

    private List<Path> templates() throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve(RULES).resolve("templates"))) {
            return files.filter(file -> file.toString().endsWith(".j2")).collect(Collectors.toList());
        }
    }

    private Map<String, Object> rules(String name) throws IOException {
        Path file = home.resolve(RULES).resolve(name);
        return Files.exists(file) ? Json.object(Files.readString(file)) : Map.of();
    }
}
