package org.aarun.standin.analytics;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.aarun.standin.log.Log;

/** A service on the Internet: events are queued, so that no call waits for it, and lost when it is away. */
abstract class CloudReporter implements Reporter {
    private final Log log;
    private final ExecutorService queue = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "analytics");
        thread.setDaemon(true);
        return thread;
    });

    CloudReporter(String logger) {
        log = Log.of(logger);
    }

    abstract void send(Map<String, Object> event) throws IOException;

    @Override
    public void report(Map<String, Object> event) {
        queue.execute(() -> {
            try {
                send(event);
            } catch (IOException | RuntimeException e) {
                log.error("Error occurred while publishing analytics data: " + e.getMessage(), e);
            }
        });
    }
}
