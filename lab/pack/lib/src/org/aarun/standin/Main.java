package org.aarun.standin;

import java.nio.file.Path;
import org.aarun.standin.log.Log;
import org.aarun.standin.mapper.EncryptionKey;
import org.aarun.standin.mapper.Mapper;
import org.aarun.standin.web.Listener;

/** Starts the stand-in for WSO2 API Manager: first the configuration is rendered, then the log opens, then the server starts. */
public final class Main {
    private static final Log LOG = Log.of("org.wso2.carbon.server.Main");

    private Main() {
    }

    public static void main(String[] args) throws Exception {
        Path home = Path.of(System.getProperty("carbon.home")).toAbsolutePath().normalize();
        Version version = Version.of(home);
        try {
            if (version.atLeast(4, 7)) {
                EncryptionKey.ensure(home);
            }
            new Mapper(home, version).run();
        } catch (StartFailure e) {
            // Nothing of this is in wso2carbon.log, and `start` sends it to /dev/null.
            Log.of(e.logger).error(e.getMessage(), e.getCause());
            fail("Error while performing configuration changes", e);
        }
        Log.appendTo(home.resolve("repository/logs/wso2carbon.log"));
        LOG.info("Starting " + version + ": this is not the product, but a small program that behaves like it for tests");
        LOG.info("Java Home        : " + System.getProperty("java.home"));
        LOG.info("Carbon Home      : " + home);
        try {
            new Server(home, version).start();
        } catch (StartFailure e) {
            Log.of(e.logger).error(e.getMessage(), e.getCause());
            fail("Error while starting the server: " + e.getMessage(), e);
        } catch (Exception e) {
            fail("Error while starting the server", e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(Main::stop, "shutdown"));
    }

    private static void fail(String message, Exception e) {
        LOG.severe(message, e.getCause() == null ? e : e.getCause());
        System.exit(1);
    }

    private static void stop() {
        Log log = Log.of("org.wso2.carbon.core.ServerManagement");
        log.info("Shutting down WSO2 API Manager (stand-in)...");
        Listener.drain(20);
        log.info("Shutting down OSGi framework...");
        log.info("Shutdown complete");
        log.info("Halting JVM");
    }
}
