package dev.llmspi.openai.wire.http;

import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The way to a server.
 *
 * @param trust who vouches for servers; null: whom this JVM trusts
 * @param proxy null: as this JVM is set up
 */
public record Network(
        @Nullable X509TrustManager trust, @Nullable ProxyServer proxy) {

    /** As this JVM is set up. */
    public static final Network STANDARD = new Network(null, null);
}
