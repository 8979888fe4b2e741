package org.aarun.standin.throttle;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadFactory;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLServerSocket;
import org.aarun.standin.StartFailure;

/** A TCP or TLS port that gives each connection a thread. */
final class Acceptor {
    interface Session {
        void serve(Lines lines) throws IOException;
    }

    private Acceptor() {
    }

    static void open(String what, int port, ServerSocketFactory factory, String[] protocols, Session session) {
        try {
            ServerSocket server = factory.createServerSocket();
            server.setReuseAddress(true);
            if (server instanceof SSLServerSocket) {
                ((SSLServerSocket) server).setEnabledProtocols(protocols);
            }
            server.bind(new InetSocketAddress(port));
            daemon(what + "-" + port, () -> accept(server, what, session));
        } catch (IOException e) {
            throw new StartFailure("org.wso2.carbon." + what, "Error while starting " + what + " on port " + port
                + ": java.net.BindException: Address already in use (Bind failed)", e);
        }
    }

    private static void accept(ServerSocket server, String what, Session session) {
        while (true) {
            try {
                Socket socket = server.accept();
                daemon(what + "-session", () -> serve(socket, session));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void serve(Socket socket, Session session) {
        try (Lines lines = new Lines(socket)) {
            session.serve(lines);
        } catch (IOException | RuntimeException goneOrNonsense) {
            // the other side went away or talks something else
        }
    }

    static ThreadFactory daemons(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    static void daemon(String name, Runnable task) {
        daemons(name).newThread(task).start();
    }
}
