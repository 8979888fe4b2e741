package org.aarun.standin.data;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.aarun.standin.log.Log;

/** Stands for the H2 file of each node: nothing is in it, but two nodes that share it clash, as with H2. */
public final class LocalDatabase {
    private static final Log LOG = Log.of("org.h2.jdbc.JdbcConnection");
    private static FileLock held;

    private LocalDatabase() {
    }

    public static void lock(Path home) throws IOException {
        Path file = home.resolve("repository/database/WSO2CARBON_DB.mv.db");
        Files.createDirectories(file.getParent());
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            held = null;
        }
        if (held == null) {
            LOG.error("Database may be already in use: \"Locked by another process\": " + file);
        }
    }
}
