package org.aarun.standin.throttle;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import javax.net.SocketFactory;

/** scheme://host:port */
final class Endpoint {
    final String url;
    final String host;
    final int port;

    Endpoint(String url) {
        URI uri = URI.create(url.trim());
        if (uri.getHost() == null || uri.getPort() < 0) {
            throw new IllegalArgumentException("not scheme://host:port: " + url);
        }
        this.url = url.trim();
        this.host = uri.getHost();
        this.port = uri.getPort();
    }

    Socket connect(SocketFactory factory, int timeoutMillis) throws IOException {
        Socket socket = factory.createSocket();
        try {
            socket.connect(new InetSocketAddress(host, port), timeoutMillis);
            socket.setSoTimeout(timeoutMillis * 2);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
