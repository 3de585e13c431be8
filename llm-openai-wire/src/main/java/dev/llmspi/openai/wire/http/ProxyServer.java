package dev.llmspi.openai.wire.http;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.spi.Credential;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import okhttp3.Authenticator;
import okhttp3.Credentials;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.Route;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy that opens tunnels.
 *
 * @param user null: it asks for none
 * @param password asked for each time a tunnel is opened; null: as user
 */
public record ProxyServer(
        String host,
        int port,
        @Nullable String user,
        @Nullable Credential password) {

    private static final String CREDENTIALS = "Proxy-Authorization";

    Proxy address() {
        return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port));
    }

    /** Answers the proxy alone: a server behind it that asks for a proxy's credentials gets none. */
    Authenticator authenticator() {
        return (Route route, Response response) -> {
            Request request = response.request();
            if (user == null
                    || password == null
                    || !request.method().equals("CONNECT")
                    || request.header(CREDENTIALS) != null) {
                return null;
            }
            try {
                String secret = password.secret(CallContext.create()).reveal();
                return request.newBuilder()
                        .header(CREDENTIALS, Credentials.basic(user, secret, StandardCharsets.UTF_8))
                        .build();
            } catch (RuntimeException e) {
                return null; // without a password the proxy refuses, and its refusal is what is told
            }
        };
    }

    @Override
    public String toString() {
        return "ProxyServer[" + host + ":" + port + "]";
    }
}
