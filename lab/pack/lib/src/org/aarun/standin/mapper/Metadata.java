package org.aarun.standin.mapper;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import org.aarun.standin.StartFailure;

/**
 * Checksums of the last rendering: deployment.toml, templates and rules, rendered files, values from outside. When one has
 * changed, all files are rendered anew. A file that was rendered once and has vanished stops the start.
 */
final class Metadata {
    private final Path home;
    private final Path folder;

    Metadata(Path home) {
        this.home = home;
        this.folder = home.resolve(Mapper.RULES).resolve(".metadata");
    }

    void renderIfChanged(Mapper mapper) throws IOException {
        Properties configuration = read("metadata_config.properties");
        Properties references = read("references.properties");
        boolean first = configuration.isEmpty();
        TreeSet<String> templates = changed(read("metadata_template.properties"));
        TreeSet<String> files = changed(configuration);
        boolean outside = references.stringPropertyNames().stream().anyMatch(name -> !references.getProperty(name).equals(md5(now(name))));
        if (!first && templates.isEmpty() && files.isEmpty() && !outside && !Boolean.getBoolean("forceConfigUpdate")) {
            return;
        }
        if (!first) {
            templates.forEach(name -> Mapper.LOG.warn("Configurations templates Changed in :" + name));
            files.forEach(name -> Mapper.LOG.warn("Configurations Changed in :" + name));
            Mapper.LOG.warn("Overriding files in configuration directory " + home);
        }
        Map<String, String> supplied = new TreeMap<>();
        write(mapper.render(supplied), mapper, supplied);
    }

    private TreeSet<String> changed(Properties before) throws IOException {
        TreeSet<String> out = new TreeSet<>();
        for (String name : before.stringPropertyNames()) {
            if (!Files.exists(home.resolve(name))) {
                throw new StartFailure("org.wso2.config.mapper.MetaDataParser", "Error while reading metadata",
                    new NoSuchFileException(home.resolve(name).toString()));
            }
            if (!before.getProperty(name).equals(md5(Files.readAllBytes(home.resolve(name))))) {
                out.add(name);
            }
        }
        return out;
    }

    private void write(Map<String, String> files, Mapper mapper, Map<String, String> supplied) throws IOException {
        Properties configuration = new Properties();
        for (Map.Entry<String, String> entry : files.entrySet()) {
            Path target = home.resolve(entry.getKey());
            Files.createDirectories(target.getParent());
            if (Files.exists(target)) {
                Path backup = home.resolve("backup").resolve(entry.getKey());
                Files.createDirectories(backup.getParent());
                Files.copy(target, backup, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.writeString(target, entry.getValue());
            configuration.put(entry.getKey(), md5(entry.getValue().getBytes()));
        }
        Mapper.LOG.info("Writing Metadata Entries...");
        configuration.put(Mapper.TOML, md5(Files.readAllBytes(home.resolve(Mapper.TOML))));
        store("metadata_config.properties", configuration);
        Properties templates = new Properties();
        for (Path file : mapper.ruleFiles()) {
            templates.put(home.relativize(file).toString(), md5(Files.readAllBytes(file)));
        }
        store("metadata_template.properties", templates);
        Properties references = new Properties();
        supplied.forEach((name, value) -> references.put(name, md5(value.getBytes())));
        store("references.properties", references);
    }

    private static byte[] now(String name) {
        String key = name.substring(4);
        String value = name.startsWith("env.") ? System.getenv(key) : System.getProperty(key);
        return String.valueOf(value).getBytes();
    }

    private Properties read(String name) throws IOException {
        Properties properties = new Properties();
        if (Files.exists(folder.resolve(name))) {
            try (InputStream in = Files.newInputStream(folder.resolve(name))) {
                properties.load(in);
            }
        }
        return properties;
    }

    private void store(String name, Properties properties) throws IOException {
        Files.createDirectories(folder);
        try (OutputStream out = Files.newOutputStream(folder.resolve(name))) {
            properties.store(out, "written by the stand-in");
        }
    }

    private static String md5(byte[] content) {
        try {
            return String.format("%032x", new BigInteger(1, MessageDigest.getInstance("MD5").digest(content)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
