package org.aarun.standin.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.aarun.standin.StartFailure;
import org.aarun.standin.log.Log;
import org.aarun.standin.security.Protocols;

/** One HTTP or HTTPS port. Calls in flight are counted, so that a shutdown can let them finish. */
public final class Listener {
    private static final Log LOG = Log.of("org.wso2.carbon.core.transports.http.Listener");
    private static final ExecutorService WORKERS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "HTTP-worker");
        thread.setDaemon(true);
        return thread;
    });
    private static final AtomicInteger IN_FLIGHT = new AtomicInteger();
    private static final List<HttpServer> OPEN = new ArrayList<>();

    private Listener() {
    }

    public static void http(String what, int port, String address, Handler handler) {
        try {
            open(HttpServer.create(at(address, port), 0), handler);
        } catch (IOException e) {
            throw inUse(what, port, e);
        }
    }

    public static void https(String what, int port, SSLContext context, String protocols, String address, Handler handler) {
        try {
            HttpsServer server = HttpsServer.create(at(address, port), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(context) {
                @Override
                public void configure(HttpsParameters parameters) {
                    SSLParameters wanted = context.getDefaultSSLParameters();
                    wanted.setProtocols(Protocols.of(protocols));
                    parameters.setSSLParameters(wanted);
                }
            });
            open(server, handler);
        } catch (IOException e) {
            throw inUse(what, port, e);
        }
    }

    /** An empty address means all. */
    private static InetSocketAddress at(String address, int port) {
        return address.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(address, port);
    }

    private static StartFailure inUse(String what, int port, IOException e) {
        return new StartFailure("org.apache.catalina.core.StandardService", "Failed to initialize connector [" + what + "-" + port
            + "]: Protocol handler initialization failed: java.net.BindException: Address already in use (Bind failed) <null>:" + port, e);
    }

    private static void open(HttpServer server, Handler handler) {
        server.setExecutor(WORKERS);
        server.createContext("/", exchange -> serve(exchange, handler));
        server.start();
        synchronized (OPEN) {
            OPEN.add(server);
        }
    }

    private static void serve(HttpExchange exchange, Handler handler) throws IOException {
        IN_FLIGHT.incrementAndGet();
        try {
            Response response = answer(new Request(exchange), handler);
            response.headers.forEach(exchange.getResponseHeaders()::put);
            boolean bodiless = exchange.getRequestMethod().equals("HEAD") || response.body.length == 0;
            exchange.sendResponseHeaders(response.status, bodiless ? -1 : response.body.length);
            if (!bodiless) {
                exchange.getResponseBody().write(response.body);
            }
        } finally {
            exchange.close();
            IN_FLIGHT.decrementAndGet();
        }
    }

    private static Response answer(Request request, Handler handler) {
        try {
            return handler.handle(request);
        } catch (IllegalArgumentException e) {
            return Response.error(400, "Bad Request", e.getMessage());
        } catch (Exception | LinkageError e) {
            LOG.error("Error while serving " + request.method + " " + request.path + ": " + e.getMessage(), e);
            return Response.error(500, "Internal server error", "The server encountered an internal error: " + e.getMessage());
        }
    }

    /** Stops accepting at once and waits until the calls in flight are answered, but not for ever. */
    public static void drain(int seconds) {
        synchronized (OPEN) {
            for (HttpServer server : OPEN) {
                Thread closing = new Thread(() -> server.stop(seconds), "HTTP-closing");
                closing.setDaemon(true);
                closing.start();
            }
        }
        long end = System.currentTimeMillis() + seconds * 1000L;
        try {
            do {
                Thread.sleep(50);
            } while (IN_FLIGHT.get() > 0 && System.currentTimeMillis() < end);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
