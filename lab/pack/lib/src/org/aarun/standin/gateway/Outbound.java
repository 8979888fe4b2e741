package org.aarun.standin.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import org.aarun.standin.security.Tls;
import org.aarun.standin.web.Response;

/** Calls to other servers; TLS is checked against the truststore and the host name rule. */
public final class Outbound {
    private final Tls tls;

    public Outbound(Tls tls) {
        this.tls = tls;
    }

    public Response call(String method, String url, Map<String, String> headers, byte[] body) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) new URL(url).openConnection();
        if (connection instanceof HttpsURLConnection) {
            ((HttpsURLConnection) connection).setSSLSocketFactory(tls.client.getSocketFactory());
            ((HttpsURLConnection) connection).setHostnameVerifier(tls.hostNames);
        }
        connection.setConnectTimeout(5_000);
        connection.setReadTimeout(60_000);
        connection.setInstanceFollowRedirects(false);
        connection.setRequestMethod(method);
        headers.forEach(connection::setRequestProperty);
        try {
            return exchange(connection, body);
        } catch (IOException e) {
            throw explained(e, url);
        }
    }

    private static Response exchange(HttpURLConnection connection, byte[] body) throws IOException {
        if (body.length > 0) {
            connection.setDoOutput(true);
            connection.getOutputStream().write(body);
        }
        int status = connection.getResponseCode();
        InputStream in = status >= 400 ? connection.getErrorStream() : connection.getInputStream();
        return new Response(status, connection.getContentType(), in == null ? new byte[0] : in.readAllBytes());
    }

    /** The product's words for a certificate of another host. */
    private static IOException explained(IOException e, String url) {
        String message = String.valueOf(e.getMessage()).toLowerCase();
        if (message.contains("hostname") && message.contains("should be") || message.contains("no subject alternative")) {
            return new IOException("hostname in certificate didn't match: <" + url.replaceAll("https?://([^/:]+).*", "$1") + ">", e);
        }
        return e;
    }
}
