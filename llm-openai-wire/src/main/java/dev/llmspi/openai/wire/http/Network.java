package dev.llmspi.openai.wire.http;

import java.time.Duration;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The network settings of a provider.
 *
 * @param trust decides which certificates are trusted; null for the default of this JVM
 * @param keys the client's certificate and key; null if there is none. Requires a trust manager
 * @param proxy the proxy to use; null for the default of this JVM
 * @param http2 whether to speak HTTP/2 with servers that offer it in the TLS handshake
 * @param keepAlive how long an unused connection is kept open; zero closes it after each call
 */
public record Network(
        @Nullable X509TrustManager trust,
        @Nullable X509ExtendedKeyManager keys,
        @Nullable ProxyServer proxy,
        boolean http2,
        Duration keepAlive) {

    /**
     * The default of {@link #keepAlive}. Load balancers forget an idle connection without closing it, some after one
     * minute, so a connection that was idle for longer may not be used.
     */
    public static final Duration KEEP_ALIVE = Duration.ofSeconds(55);

    /** The default network settings of this JVM. */
    public static final Network STANDARD = new Network(null, null);

    public Network(@Nullable X509TrustManager trust, @Nullable ProxyServer proxy) {
        this(trust, null, proxy, true, KEEP_ALIVE);
    }
}
