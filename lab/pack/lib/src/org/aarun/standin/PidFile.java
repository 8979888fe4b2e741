package org.aarun.standin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** wso2carbon.pid: written by the JVM, late, and padded with NULs to 100 bytes, as in the product. */
final class PidFile {
    private PidFile() {
    }

    static void write(Path home) throws IOException {
        byte[] text = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8);
        Files.write(home.resolve("wso2carbon.pid"), Arrays.copyOf(text, 100));
    }
}
