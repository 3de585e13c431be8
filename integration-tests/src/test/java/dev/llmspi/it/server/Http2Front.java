package dev.llmspi.it.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.tls.HeldCertificate;

/**
 * Accepts HTTP/2 over TLS at a port of 127.0.0.1 and passes each stream to a {@link TestUpstream} as an HTTP/1.1
 * exchange, like a load balancer. An exchange that breaks off resets its stream. Closing this front closes all its
 * connections, but not the upstream.
 */
public final class Http2Front implements AutoCloseable {

    /** All fronts share this group and this certificate, because creating them takes long. */
    private static final EventLoopGroup LOOP = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("http2-front", true), NioIoHandler.newFactory());

    private static final HeldCertificate CERTIFICATE =
            new HeldCertificate.Builder().addSubjectAlternativeName("127.0.0.1").build();
    private static final SslContext TLS = tls();
    private static final Path TRUST_STORE = trustStore(CERTIFICATE);

    private final TestUpstream upstream;
    private final Channel server;
    private final Set<Channel> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger refusals = new AtomicInteger();
    private volatile int maxStreams = Integer.MAX_VALUE;
    private volatile int announcedStreams = Integer.MAX_VALUE;
    private volatile int streamWindow;
    private volatile int connectionWindow;
    private volatile int requestsPerConnection = Integer.MAX_VALUE;
    private volatile boolean refusesAtFullWindow;

    private Http2Front(TestUpstream upstream) {
        this.upstream = upstream;
        this.server = new ServerBootstrap()
                .group(LOOP)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        accepted(connection);
                    }
                })
                .bind(new InetSocketAddress("127.0.0.1", 0))
                .syncUninterruptibly()
                .channel();
    }

    /** Starts a front for the server. */
    public static Http2Front before(TestUpstream upstream) {
        return new Http2Front(upstream);
    }

    private static SslContext tls() {
        try {
            return SslContextBuilder.forServer(CERTIFICATE.keyPair().getPrivate(), CERTIFICATE.certificate())
                    .sslProvider(SslProvider.JDK)
                    .sessionCacheSize(64) // the default of the JDK lets the heap grow with each connection
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2))
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path trustStore(HeldCertificate certificate) {
        try {
            KeyStore store = KeyStore.getInstance("JKS"); // its certificates are readable without a password
            store.load(null, null);
            store.setCertificateEntry("front", certificate.certificate());
            Path file = Files.createTempFile("http2-front", ".jks");
            file.toFile().deleteOnExit();
            try (OutputStream out = Files.newOutputStream(file)) {
                store.store(out, new char[0]);
            }
            return file;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void accepted(Channel connection) {
        connections.incrementAndGet();
        open.add(connection);
        connection.closeFuture().addListener(closed -> open.remove(connection));
        Http2Settings settings = Http2Settings.defaultSettings();
        if (streamWindow > 0) {
            settings.initialWindowSize(streamWindow);
        }
        connection
                .pipeline()
                .addLast(TLS.newHandler(connection.alloc()))
                .addLast(Http2FrameCodecBuilder.forServer()
                        .initialSettings(settings)
                        .build())
                .addLast(new Http2FrontConnection(this));
    }

    /** Returns the trust store that a client needs. It contains no other certificate, so it is read quickly. */
    public static String trustStore() {
        return TRUST_STORE.toString();
    }

    /**
     * Limits the streams of a connection. Further streams are refused. Must be called before the first connection.
     *
     * @param announced whether the client is told the limit
     */
    public Http2Front maxStreams(int count, boolean announced) {
        maxStreams = count;
        announcedStreams = announced ? count : Integer.MAX_VALUE;
        return this;
    }

    /**
     * Announces larger windows to the client. If the window of the connection grows, the data must not arrive, because
     * this front does not expect it. Must be called before the first connection.
     *
     * @param stream the window of each stream; 0 for the standard
     * @param connection by how much the window of the connection grows
     */
    public Http2Front announceWindows(int stream, int connection) {
        streamWindow = stream;
        connectionWindow = connection;
        return this;
    }

    /** Ends each connection with a GOAWAY after the given number of requests. Open streams go on. */
    public Http2Front requestsPerConnection(int count) {
        requestsPerConnection = count;
        return this;
    }

    /** Refuses the given number of streams with REFUSED_STREAM, starting now. */
    public Http2Front refuse(int count) {
        refusals.set(count);
        return this;
    }

    /** Refuses streams only when their data has filled the window of the connection. */
    public Http2Front refuseAtFullWindow() {
        refusesAtFullWindow = true;
        return this;
    }

    /** Returns the URL of a path on this server. */
    public URI url(String path) {
        return URI.create("https://127.0.0.1:" + ((InetSocketAddress) server.localAddress()).getPort() + path);
    }

    /** Returns the number of connections accepted so far. */
    public int connections() {
        return connections.get();
    }

    int upstreamPort() {
        return upstream.port();
    }

    int requestsPerConnection() {
        return requestsPerConnection;
    }

    int connectionWindow() {
        return connectionWindow;
    }

    boolean refusesAtFullWindow() {
        return refusesAtFullWindow;
    }

    int announcedStreams() {
        return announcedStreams;
    }

    /** Returns whether to refuse a stream. */
    boolean refuses(int openStreams) {
        return openStreams >= maxStreams || refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    /** Closes all connections. The port stays open. */
    public void closeConnections() {
        open.forEach(Channel::close);
    }

    @Override
    public void close() {
        server.close().syncUninterruptibly();
        closeConnections();
    }
}
