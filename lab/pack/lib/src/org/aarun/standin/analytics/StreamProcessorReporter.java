package org.aarun.standin.analytics;

import java.util.LinkedHashMap;
import java.util.Map;
import org.aarun.standin.conf.XmlConf;
import org.aarun.standin.json.Json;
import org.aarun.standin.security.Tls;
import org.aarun.standin.throttle.EventPublisher;

/** 3.x: each event to every group of workers, over the data bridge, as the gateway does with events of throttling. */
final class StreamProcessorReporter implements Reporter {
    private final EventPublisher publisher;
    private final String stream;

    StreamProcessorReporter(XmlConf analytics, Tls tls) {
        stream = analytics.text("Streams/Request/Name") + ":" + analytics.text("Streams/Request/Version");
        publisher = new EventPublisher(analytics.text("StreamProcessorServerURL"), analytics.text("StreamProcessorAuthServerURL"),
            tls.client.getSocketFactory(), analytics.text("StreamProcessorUsername"), analytics.text("StreamProcessorPassword"));
    }

    @Override
    public void report(Map<String, Object> event) {
        Map<String, Object> out = new LinkedHashMap<>(event);
        out.put("stream", stream);
        publisher.send(Json.write(out));
    }
}
