package dev.llmspi.it.server;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLServerSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A server on this machine's loopback that answers by a script, and can do what a proper server never does: close before the
 * head, hang, cut a body. It counts the POSTs it is sent, heads as they arrive: the judge of how many attempts were made.
 *
 * <pre>{@code
 * try (TestUpstream upstream = TestUpstream.start().then(Reply.close()).then(Reply.answer("hello"))) {
 *     // … a call to upstream.url("/v1") …
 *     assertEquals(2, upstream.posts());
 * }
 * }</pre>
 */
public final class TestUpstream implements AutoCloseable {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ServerSocket serverSocket;
    private final String scheme;
    private final Thread acceptor;
    private final Deque<Reply> script = new ArrayDeque<>();
    private final List<ReceivedRequest> requests = new ArrayList<>();
    private final Set<Connection> connections = new HashSet<>();
    private @Nullable Function<ReceivedRequest, Reply> always;
    private boolean alwaysWantsBody = true;
    private boolean keepsRequests = true;
    private int posts;
    private int clientsGone;
    private int accepted;
    private boolean closed;

    private TestUpstream(ServerSocket serverSocket, String scheme) {
        this.serverSocket = serverSocket;
        this.scheme = scheme;
        this.acceptor = new Thread(this::acceptAll, "test-upstream");
        acceptor.setDaemon(true);
    }

    /** A server on a free port of 127.0.0.1. */
    public static TestUpstream start() {
        return startAt(0);
    }

    /** A server on the given port of 127.0.0.1, such as one that another server has left. */
    public static TestUpstream startAt(int port) {
        return start(ServerSocketFactory.getDefault(), port, "http");
    }

    /** The same with TLS: the factory knows the server's certificate. */
    public static TestUpstream startTls(SSLServerSocketFactory sockets) {
        return start(sockets, 0, "https");
    }

    private static TestUpstream start(ServerSocketFactory sockets, int port, String scheme) {
        try {
            InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
            TestUpstream upstream = new TestUpstream(sockets.createServerSocket(port, 50, loopback), scheme);
            upstream.acceptor.start();
            return upstream;
        } catch (IOException e) {
            throw new UncheckedIOException("no server on 127.0.0.1, port " + port, e);
        }
    }

    /** The reply to the next request that has none yet. */
    public TestUpstream then(Reply reply) {
        return locked(() -> {
            script.add(reply);
            return this;
        });
    }

    /** The reply to all requests beyond the script; without it they are answered with status 599. */
    public TestUpstream always(Reply reply) {
        return locked(() -> {
            always = request -> reply;
            alwaysWantsBody = reply.wantsBody();
            return this;
        });
    }

    /** The same, by what is in the request. */
    public TestUpstream answering(Function<ReceivedRequest, Reply> reply) {
        return locked(() -> {
            always = reply;
            alwaysWantsBody = true;
            return this;
        });
    }

    /** For long runs: requests are answered and forgotten. */
    public TestUpstream keepingNoRequests() {
        return locked(() -> {
            keepsRequests = false;
            return this;
        });
    }

    public int port() {
        return serverSocket.getLocalPort();
    }

    /** The address of a path on this server. */
    public URI url(String path) {
        return URI.create(scheme + "://127.0.0.1:" + port() + path);
    }

    /** How many POSTs have been begun: counted when the head is there, whatever becomes of the rest. */
    public int posts() {
        return locked(() -> posts);
    }

    /** How many connections have been opened so far. */
    public int connections() {
        return locked(() -> accepted);
    }

    /** The requests that have arrived whole, in that order. */
    public List<ReceivedRequest> requests() {
        return locked(() -> List.copyOf(requests));
    }

    /** The last request that has arrived whole. */
    public ReceivedRequest lastRequest() {
        return locked(() -> requests.get(requests.size() - 1));
    }

    /** Waits until that many POSTs have been begun. */
    public void awaitPosts(int count) throws InterruptedException {
        await(count + " POSTs", () -> posts >= count);
    }

    /** Waits until that many clients left a connection on which a reply was still open. */
    public void awaitClientsGone(int count) throws InterruptedException {
        await(count + " clients to leave an open reply", () -> clientsGone >= count);
    }

    /** Waits until no client holds a connection. */
    public void awaitNoConnections() throws InterruptedException {
        await("all connections to end", connections::isEmpty);
    }

    /** Ends all connections and frees the port: from now on it refuses connections. */
    @Override
    public void close() {
        List<Connection> open = locked(() -> {
            closed = true;
            return List.copyOf(connections);
        });
        closeQuietly(serverSocket);
        awaitAcceptorEnd();
        open.forEach(TestUpstream::closeQuietly);
    }

    private void acceptAll() {
        while (!serverSocket.isClosed()) {
            try {
                Socket socket = serverSocket.accept();
                socket.setTcpNoDelay(true); // head and body are written apart: Nagle would hold the body back
                Connection connection = new Connection(socket, this::clientGone);
                if (admit(connection)) {
                    Thread thread = new Thread(() -> serve(connection), "test-upstream-connection");
                    thread.setDaemon(true);
                    thread.start();
                } else {
                    connection.close();
                }
            } catch (IOException e) {
                // Closed, or the client was gone before it was accepted; the loop's condition tells them apart.
            }
        }
    }

    private boolean admit(Connection connection) {
        return locked(() -> {
            accepted++;
            return !closed && connections.add(connection);
        });
    }

    private void serve(Connection connection) {
        try (connection) {
            while (!connection.isClosed()) {
                ReceivedRequest request = connection.read(this::headRead);
                if (request == null) {
                    return;
                }
                received(request).send(connection);
            }
        } catch (IOException e) {
            // The client left, or the server is being closed: either ends this connection and nothing else.
        } finally {
            locked(() -> {
                changed.signalAll();
                return connections.remove(connection);
            });
        }
    }

    private boolean headRead(String method) {
        return locked(() -> {
            posts += method.equals("POST") ? 1 : 0;
            changed.signalAll();
            Reply next = script.peek();
            return next == null ? alwaysWantsBody : next.wantsBody();
        });
    }

    private Reply received(ReceivedRequest request) {
        return locked(() -> {
                    if (keepsRequests) {
                        requests.add(request);
                    }
                    Reply scripted = script.poll();
                    return scripted != null ? (Function<ReceivedRequest, Reply>) any -> scripted : beyondScript();
                })
                .apply(request); // outside the lock: it may wait for something
    }

    private Function<ReceivedRequest, Reply> beyondScript() {
        return always != null
                ? always
                : any -> Reply.error(599, "script_ended", "the script of this test server is at its end");
    }

    private void clientGone() {
        locked(() -> {
            clientsGone++;
            changed.signalAll();
            return clientsGone;
        });
    }

    private void await(String what, BooleanSupplier condition) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = PATIENCE_NANOS;
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    throw new AssertionError("waited in vain for " + what + "; there were " + posts + " POSTs, "
                            + clientsGone + " clients left an open reply");
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** The port accepts connections for as long as a thread is within accept, even after the socket was closed. */
    private void awaitAcceptorEnd() {
        try {
            acceptor.join(TimeUnit.NANOSECONDS.toMillis(PATIENCE_NANOS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            // Nothing can be done about a socket that fails to close; the test's own result counts.
        }
    }
}
