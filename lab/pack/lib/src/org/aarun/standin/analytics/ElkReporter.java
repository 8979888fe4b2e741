package org.aarun.standin.analytics;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.aarun.standin.conf.Configuration;
import org.aarun.standin.conf.PropertiesFile;
import org.aarun.standin.json.Json;
import org.aarun.standin.log.Log;

/** type = "elk": a line of a log for each call, in the file of the appender that log4j2.properties gives its logger; else in the server's own log. */
final class ElkReporter implements Reporter {
    private static final String LOGGER = "org.wso2.am.analytics.publisher.reporter.elk";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss,SSS");

    private final Path file;

    ElkReporter(Configuration configuration) throws IOException {
        PropertiesFile log4j = new PropertiesFile(configuration.home.resolve("repository/conf/log4j2.properties"), configuration.placeholders);
        String appender = listed(log4j.text("loggers")).filter(name -> log4j.text("logger." + name + ".name").equals(LOGGER))
            .flatMap(name -> listed(log4j.text("appenders")).filter(one -> log4j.text("logger." + name + ".appenderRef." + one + ".ref").equals(one)))
            .findFirst().orElse(null);
        file = appender == null ? null : Path.of(log4j.text("appender." + appender + ".fileName").replace("${sys:carbon.home}", configuration.home.toString()));
    }

    private static Stream<String> listed(String names) {
        return Arrays.stream(names.split(",")).map(String::trim);
    }

    @Override
    public synchronized void report(Map<String, Object> event) {
        String text = "apimMetrics: apim:response, properties :" + Json.write(event);
        if (file == null) {
            Log.of(LOGGER + ".ELKCounterMetric").info(text);
            return;
        }
        String line = LocalTime.now().format(TIME) + " [-] [" + Thread.currentThread().getName() + "]  INFO ELKCounterMetric " + text + "\n";
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, line.getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            Log.of("org.apache.logging.log4j").error("Unable to write to stream " + file + ": " + e.getMessage());
        }
    }
}
