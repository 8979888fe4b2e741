package org.aarun.standin.log;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/** Lines in Carbon's layout, appended to repository/logs/wso2carbon.log and echoed to stdout. */
public final class Log {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss,SSS");
    private static PrintStream file;

    private final String name;

    private Log(String name) {
        this.name = name;
    }

    /** A logger under the name that the product uses, so that log searches match. */
    public static Log of(String name) {
        return new Log(name);
    }

    public static synchronized void appendTo(Path path) throws IOException {
        Files.createDirectories(path.getParent());
        file = new PrintStream(new FileOutputStream(path.toFile(), true), true, StandardCharsets.UTF_8);
    }

    public void info(String message) {
        write("INFO", message, null);
    }

    public void warn(String message) {
        write("WARN", message, null);
    }

    public void error(String message) {
        write("ERROR", message, null);
    }

    public void error(String message, Throwable cause) {
        write("ERROR", message, cause);
    }

    public void severe(String message, Throwable cause) {
        write("SEVERE", message, cause);
    }

    private void write(String level, String message, Throwable cause) {
        StringBuilder line = new StringBuilder();
        line.append("TID: [-1] [] [").append(LocalDateTime.now().format(TIME)).append("] ")
            .append(String.format("%5s", level)).append(" {").append(name).append("} - ").append(message).append('\n');
        for (Throwable at = cause; at != null; at = at.getCause()) {
            line.append(at == cause ? "" : "Caused by: ").append(at).append('\n');
            if (at.getStackTrace().length > 0) {
                line.append("\tat ").append(at.getStackTrace()[0]).append('\n');
            }
        }
        emit(line.toString());
    }

    private static synchronized void emit(String text) {
        System.out.print(text);
        System.out.flush();
        if (file != null) {
            file.print(text);
            file.flush();
        }
    }
}
