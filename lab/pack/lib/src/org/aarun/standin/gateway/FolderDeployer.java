package org.aarun.standin.gateway;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.aarun.standin.log.Log;
import org.xml.sax.SAXException;

/**
 * 3.x: deploys what is in synapse-configs/default/api and undeploys what vanishes, once a second. An empty or missing
 * folder, such as a share that is not mounted, undeploys everything.
 */
public final class FolderDeployer {
    private static final Log LOG = Log.of("org.apache.synapse.deployers.APIDeployer");

    private final Path folder;
    private final Deployments deployments;
    private final Map<String, String> stamps = new HashMap<>();
    private final Map<String, ApiArtifact> parsed = new TreeMap<>();

    public FolderDeployer(Path home, Deployments deployments) {
        this.folder = home.resolve("repository/deployment/server/synapse-configs/default/api");
        this.deployments = deployments;
    }

    public void start() {
        scan();
        Thread thread = new Thread(this::run, "hot-deployer");
        thread.setDaemon(true);
        thread.start();
    }

    void write(String fileName, String xml) throws IOException, SAXException {
        ApiArtifact.fromXml(xml);
        Files.createDirectories(folder);
        Path part = folder.resolve("." + fileName + ".part");
        Files.writeString(part, xml);
        Files.move(part, file(fileName), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        scan();
    }

    void remove(String fileName) throws IOException {
        Files.deleteIfExists(file(fileName));
        scan();
    }

    private Path file(String fileName) {
        if (!fileName.matches("[A-Za-z0-9_.@-]+\\.xml")) {
            throw new IllegalArgumentException("not a file name of an API: " + fileName);
        }
        return folder.resolve(fileName);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(1000);
                scan();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void scan() {
        Map<String, String> seen = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.xml")) {
            for (Path file : files) {
                String stamp = Files.getLastModifiedTime(file) + "/" + Files.size(file);
                seen.put(file.getFileName().toString(), stamp);
                if (!stamp.equals(stamps.get(file.getFileName().toString()))) {
                    parse(file);
                }
            }
        } catch (IOException e) {
            // the folder or a file went away during the scan: taken as empty, as the product does
        }
        boolean changed = !seen.equals(stamps);
        stamps.clear();
        stamps.putAll(seen);
        parsed.keySet().retainAll(seen.keySet());
        if (changed) {
            deployments.replace(parsed);
        }
    }

    private void parse(Path file) {
        String name = file.getFileName().toString();
        try {
            parsed.put(name, ApiArtifact.fromXml(Files.readString(file)));
        } catch (IOException | SAXException | RuntimeException e) {
            parsed.remove(name);
            LOG.error("API deployment from the file : " + file + " : Failed. " + e.getMessage());
        }
    }
}
