package dev.llmspi.openai.wire.http;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.CredentialException;
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
 * An HTTP proxy that opens tunnels to https servers.
 *
 * @param user the user name; null if the proxy requires no credentials
 * @param password the password, which is obtained each time a tunnel is opened; null if the proxy requires no
 *     credentials
 */
public record ProxyServer(
        String host,
        int port,
        @Nullable String user,
        @Nullable Credential password) {

    private static final String CREDENTIALS = "Proxy-Authorization";

    /** The call whose request this thread makes. OkHttp opens a tunnel on that thread, but does not name the call. */
    private static final ThreadLocal<@Nullable CallContext> CALL = new ThreadLocal<>();

    Proxy address() {
        return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port));
    }

    /**
     * Returns an authenticator for the proxy alone. A server behind the proxy never receives the proxy's credentials.
     */
    Authenticator authenticator() {
        return (Route route, Response response) -> {
            Request request = response.request();
            if (user == null
                    || password == null
                    || !request.method().equals("CONNECT")
                    || request.header(CREDENTIALS) != null) {
                return null;
            }
            return request.newBuilder()
                    .header(CREDENTIALS, Credentials.basic(user, secret(password), StandardCharsets.UTF_8))
                    .build();
        };
    }

    private static String secret(Credential password) {
        try {
            CallContext call = CALL.get();
            return password.secret(call != null ? call : CallContext.create()).reveal();
        } catch (CredentialException e) {
            throw e;
        } catch (RuntimeException e) { // its message is not shown, because it may contain the password
            throw new CredentialException("its source threw " + e.getClass().getSimpleName(), e);
        }
    }

    /** Marks that this thread makes a request for a call, so that waiting for the password ends with the call. */
    public void requestBegins(CallContext call) {
        if (password != null) {
            CALL.set(call);
        }
    }

    public void requestEnds() {
        if (password != null) {
            CALL.remove();
        }
    }

    @Override
    public String toString() {
        return "ProxyServer[" + host + ":" + port + "]";
    }
}
