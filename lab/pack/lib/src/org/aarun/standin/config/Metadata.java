package org.aarun.standin.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import org.aarun.standin.StartFailure;
import org.aarun.standin.Version;
import org.aarun.standin.log.Log;

/**
 * Renders the configuration files when something changed since the last start: deployment.toml, a rendered file or a
 * value from outside. A file that was rendered once and has vanished stops the start.
 */
public final class Metadata {
    private static final Log LOG = Log.of("org.wso2.config.mapper.ConfigParser");
    private static final String TOML = "repository/conf/deployment.toml";

    private final Path home;
    private final Path store;

    public Metadata(Path home) {
        this.home = home;
        this.store = home.resolve("repository/resources/conf/.metadata/metadata_config.properties");
    }

    public void renderIfChanged(ConfigLoader loaded, Version version) throws IOException {
        Properties before = read();
        Properties now = new Properties();
        loaded.outside.forEach((name, value) -> now.put(name, md5(value.getBytes())));
        now.put(TOML, md5(Files.readAllBytes(home.resolve(TOML))));
        TreeSet<String> changed = new TreeSet<>();
        for (String name : before.stringPropertyNames()) {
            if (name.contains("/") && !Files.exists(home.resolve(name))) {
                throw new StartFailure("org.wso2.config.mapper.MetaDataParser", "Error while reading metadata",
                    new java.nio.file.NoSuchFileException(home.resolve(name).toString()));
            }
            String current = name.contains("/") ? md5(Files.readAllBytes(home.resolve(name))) : now.getProperty(name);
            if (!before.getProperty(name).equals(current)) {
                changed.add(name);
            }
        }
        if (before.isEmpty() || !changed.isEmpty() || Boolean.getBoolean("forceConfigUpdate")) {
            if (!before.isEmpty()) {
                LOG.warn("Configurations Changed in :" + changed);
                LOG.warn("Overriding files in configuration directory " + home);
            }
            render(Rendered.files(loaded, version), now);
        }
    }

    private void render(Map<String, String> files, Properties now) throws IOException {
        for (Map.Entry<String, String> entry : files.entrySet()) {
            Path target = home.resolve(entry.getKey());
            Files.createDirectories(target.getParent());
            if (Files.exists(target)) {
                Path backup = home.resolve("backup").resolve(entry.getKey());
                Files.createDirectories(backup.getParent());
                Files.copy(target, backup, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.writeString(target, entry.getValue());
            now.put(entry.getKey(), md5(entry.getValue().getBytes()));
        }
        Files.createDirectories(store.getParent());
        try (OutputStream out = Files.newOutputStream(store)) {
            now.store(out, "written by the stand-in");
        }
    }

    private Properties read() throws IOException {
        Properties properties = new Properties();
        if (Files.exists(store)) {
            try (InputStream in = Files.newInputStream(store)) {
                properties.load(in);
            }
        }
        return properties;
    }

    private static String md5(byte[] content) {
        try {
            return String.format("%032x", new BigInteger(1, MessageDigest.getInstance("MD5").digest(content)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
