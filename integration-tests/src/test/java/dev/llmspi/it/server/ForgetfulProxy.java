package dev.llmspi.it.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A load balancer on 127.0.0.1 in front of a server. It can forget its connections: then it reads what the client
 * sends, passes nothing on, and closes nothing. It can also stop reading from them, so that the client's writes block.
 * New connections work.
 */
public final class ForgetfulProxy implements AutoCloseable {

    private static final int PIECE = 8 * 1024;

    private static final class Link {
        final Socket client;
        final Socket server;
        /** Whether one of the two directions has ended. */
        final AtomicBoolean oneEnded = new AtomicBoolean();

        final CountDownLatch closed = new CountDownLatch(1);
        volatile boolean forgotten;
        volatile boolean stopped;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void close() {
            closed.countDown();
            try (client;
                    server) {
                // both are closed here
            } catch (IOException e) {
                // a socket that cannot be closed has no effect on the test
            }
        }
    }

    private final ServerSocket listener;
    private final int serverPort;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();

    private ForgetfulProxy(ServerSocket listener, int serverPort) {
        this.listener = listener;
        this.serverPort = serverPort;
    }

    /** @param serverPort the port of the server on the loopback interface */
    public static ForgetfulProxy before(int serverPort) {
        try {
            ServerSocket listener = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
            ForgetfulProxy proxy = new ForgetfulProxy(listener, serverPort);
            start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Returns the number of connections that clients have opened. */
    public int connections() {
        return accepted.get();
    }

    /** Forgets the present connections. */
    public void forget() {
        links.forEach(link -> link.forgotten = true);
    }

    /** Stops reading from the present connections, and passes nothing on. */
    public void stopReading() {
        forget();
        links.forEach(link -> link.stopped = true);
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            accepted.incrementAndGet();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Link link = new Link(client, server);
            links.add(link);
            start(() -> pass(link, client, server));
            start(() -> pass(link, server, client));
        }
    }

    private void pass(Link link, Socket from, Socket to) {
        boolean over;
        try {
            copy(link, from.getInputStream(), to.getOutputStream());
            if (!link.forgotten) {
                to.shutdownOutput();
            }
            over = link.oneEnded.getAndSet(true);
        } catch (IOException e) {
            over = true;
        }
        if (over || (link.forgotten && from == link.client)) {
            links.remove(link);
            link.close();
        }
    }

    private static void copy(Link link, InputStream in, OutputStream out) throws IOException {
        byte[] piece = new byte[PIECE];
        for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
            if (!link.forgotten) {
                out.write(piece, 0, count);
            }
            if (link.stopped) {
                awaitClose(link);
            }
        }
    }

    private static void awaitClose(Link link) throws IOException {
        try {
            link.closed.await();
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // a connection or the listener was closed
                    }
                },
                "forgetful-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listener.close();
            links.forEach(Link::close);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
