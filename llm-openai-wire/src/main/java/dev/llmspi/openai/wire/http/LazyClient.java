package dev.llmspi.openai.wire.http;

import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * OkHttp's client, made at the first call: setting up TLS reads all certificates this JVM trusts, which takes longer
 * than the rest of a start, and a provider that is second in a chain may never be called. Safe for use by many threads.
 */
final class LazyClient {

    // OkHttp's own default of 5 churns connections from about 32 callers on.
    private static final int IDLE_CONNECTIONS = 256;
    private static final int IDLE_MINUTES = 5;

    /** As a rule all calls have the same connect timeout; a client with another one shares everything else. */
    private record Made(boolean tls, Duration connectTimeout, OkHttpClient client) {}

    private final ConnectionPool connections = new ConnectionPool(IDLE_CONNECTIONS, IDLE_MINUTES, TimeUnit.MINUTES);
    private final SocketFactory plain = new ChannelSocketFactory(false);
    private final SocketFactory belowTls = new ChannelSocketFactory(true);
    /** Guarded by this. */
    private final OkHttpClient.Builder builder;

    private volatile @Nullable Made made;

    LazyClient(Network network, EventListener.Factory listeners) {
        this.builder = new OkHttpClient.Builder()
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .followSslRedirects(false)
                .connectionPool(connections)
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .callTimeout(Duration.ZERO)
                .eventListenerFactory(listeners)
                .addNetworkInterceptor(new ConnectionGuard())
                .proxySelector(new TunnelsOnly());
        ProxyServer proxy = network.proxy();
        if (proxy != null) {
            builder.proxy(proxy.address()).proxyAuthenticator(proxy.authenticator());
        }
        X509TrustManager trust = network.trust();
        if (trust != null) {
            builder.sslSocketFactory(sockets(trust), trust);
        }
    }

    private static SSLSocketFactory sockets(X509TrustManager trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {trust}, null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JVM has TLS", e);
        }
    }

    /** @param connectTimeout OkHttp applies it to each address of the host it tries */
    OkHttpClient of(URI uri, Duration connectTimeout) {
        boolean tls = !"http".equalsIgnoreCase(uri.getScheme());
        Made known = made;
        if (known == null || known.tls != tls || !known.connectTimeout.equals(connectTimeout)) {
            made = known = new Made(tls, connectTimeout, make(tls, connectTimeout));
        }
        return known.client;
    }

    private synchronized OkHttpClient make(boolean tls, Duration connectTimeout) {
        OkHttpClient client = builder.connectTimeout(millis(connectTimeout), TimeUnit.MILLISECONDS)
                .socketFactory(tls ? belowTls : plain)
                .connectionSpecs(List.of(tls ? ConnectionSpec.MODERN_TLS : ConnectionSpec.CLEARTEXT))
                .build();
        X509TrustManager trust = client.x509TrustManager();
        if (trust != null) {
            builder.sslSocketFactory(
                    client.sslSocketFactory(), trust); // connections are shared by those who have the same
        }
        return client;
    }

    /** 0 would mean no limit. */
    private static int millis(Duration limit) {
        long millis = limit.compareTo(Duration.ofMillis(Integer.MAX_VALUE)) > 0 ? Integer.MAX_VALUE : limit.toMillis();
        return (int) Math.max(1, millis);
    }

    /** Drops all connections nobody is using. */
    void evictAll() {
        connections.evictAll();
    }
}
