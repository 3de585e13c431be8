package dev.llmspi.openai.wire.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.Map;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Creates sockets with a channel, which {@link ConnectionGuard} can read without blocking. Nagle's algorithm is
 * disabled, because with it the last segment of a large prompt would wait for a delayed acknowledgement. TCP probes a
 * silent connection, so that no load balancer forgets it while a model thinks for minutes.
 */
final class ChannelSocketFactory extends SocketFactory {

    /**
     * The first probe after 30 seconds, further probes every 10 seconds, three in all. The options are found by name,
     * because a plug-in cannot require their module, jdk.net, in a JVM that has started without it.
     */
    private static final Map<String, Integer> PROBES =
            Map.of("TCP_KEEPIDLE", 30, "TCP_KEEPINTERVAL", 10, "TCP_KEEPCOUNT", 3);

    private final Liveness liveness;

    ChannelSocketFactory(Liveness liveness) {
        this.liveness = liveness;
    }

    @Override
    public Socket createSocket() throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        for (SocketOption<?> option : channel.supportedOptions()) {
            set(channel, option);
        }
        return new TrackedSocket(channel, liveness);
    }

    private static <T> void set(SocketChannel channel, SocketOption<T> option) throws IOException {
        Integer value = PROBES.get(option.name());
        if (value != null) {
            channel.setOption(option, option.type().cast(value));
        }
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(local, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(local, localPort));
    }

    private Socket connected(InetSocketAddress remote, @Nullable InetSocketAddress local) throws IOException {
        Socket socket = createSocket();
        if (local != null) {
            socket.bind(local);
        }
        socket.connect(remote);
        return socket;
    }
}
