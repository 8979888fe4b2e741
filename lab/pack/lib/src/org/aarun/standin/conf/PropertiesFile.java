package org.aarun.standin.conf;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** A file of key = value lines; a missing one is empty. */
public final class PropertiesFile {
    private final Properties properties = new Properties();
    private final Placeholders placeholders;

    public PropertiesFile(Path file, Placeholders placeholders) throws IOException {
        this.placeholders = placeholders;
        if (Files.exists(file)) {
            try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                properties.load(in);
            }
        }
    }

    public String text(String name) {
        return placeholders.resolve(properties.getProperty(name, ""));
    }

    public Properties all() {
        return properties;
    }
}
