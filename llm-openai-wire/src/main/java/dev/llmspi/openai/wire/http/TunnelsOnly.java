package dev.llmspi.openai.wire.http;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The proxies this JVM is set up with, for https alone: what goes unencrypted a proxy could read, the key included. */
final class TunnelsOnly extends ProxySelector {

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
