package org.aarun.standin.throttle;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import javax.net.ServerSocketFactory;
import org.aarun.standin.StartFailure;

/** A TCP or TLS port that gives each connection a thread. */
final class Acceptor {
    interface Session {
        void serve(Lines lines) throws IOException;
    }

    private Acceptor() {
    }

    static void open(String what, int port, ServerSocketFactory factory, Session session) {
        try {
            ServerSocket server = factory.createServerSocket();
            server.setReuseAddress(true);
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

    static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
