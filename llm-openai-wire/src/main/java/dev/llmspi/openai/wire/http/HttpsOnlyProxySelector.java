package dev.llmspi.openai.wire.http;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies this JVM's proxies only to https requests, because a proxy could read http requests and the API key in them.
 */
final class HttpsOnlyProxySelector extends ProxySelector {

    private static final List<Proxy> DIRECT = List.of(Proxy.NO_PROXY);

    private final @Nullable ProxySelector jvm = ProxySelector.getDefault();

    @Override
    public List<Proxy> select(URI uri) {
        return jvm == null || !"https".equalsIgnoreCase(uri.getScheme()) ? DIRECT : jvm.select(uri);
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException cause) {
        if (jvm != null) {
            jvm.connectFailed(uri, address, cause);
        }
    }
}
