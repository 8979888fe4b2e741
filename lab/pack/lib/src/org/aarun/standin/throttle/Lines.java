package org.aarun.standin.throttle;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A connection that carries lines of space separated words: the stand-in's only wire format between nodes. */
final class Lines implements Closeable {
    final Socket socket;
    private final BufferedReader in;
    private final OutputStream out;

    Lines(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        out = socket.getOutputStream();
    }

    String read() throws IOException {
        String line = in.readLine();
        if (line == null) {
            throw new EOFException("the connection was closed");
        }
        return line;
    }

    synchronized void write(String line) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Sends one line and waits for its answer. */
    synchronized String ask(String line) throws IOException {
        write(line);
        return read();
    }

    static String encode(String word) {
        return Base64.getEncoder().encodeToString((" " + word).getBytes(StandardCharsets.UTF_8));
    }

    static String decode(String word) {
        return new String(Base64.getDecoder().decode(word), StandardCharsets.UTF_8).substring(1);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException ignored) {
            // closing twice does no harm
        }
    }
}
