package dev.llmspi.testkit.loopback;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.net.ServerSocketFactory;

/**
 * Listens on a port of 127.0.0.1, passes each request to a handler, and counts requests and connections. Each
 * connection has its own thread. Thread-safe.
 */
public final class LoopbackServer implements AutoCloseable {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ServerSocket serverSocket;
    private final Duration patience;
    private final LoopbackHandler handler;
    private final Thread acceptor;
    private final Set<LoopbackConnection> connections = new HashSet<>();
    private int posts;
    private int clientsGone;
    private int accepted;
    private boolean closed;

    private LoopbackServer(ServerSocket serverSocket, Duration patience, LoopbackHandler handler) {
        this.serverSocket = serverSocket;
        this.patience = patience;
        this.handler = handler;
        this.acceptor = daemon(this::acceptAll, "loopback-server");
    }

    /**
     * Starts a server.
     *
     * @param sockets creates the server socket; a factory for TLS sockets makes this a TLS server
     * @param port the port of 127.0.0.1, or 0 for a free port
     * @param patience how long the methods {@code await…} wait, in real time
     * @throws UncheckedIOException if the port is not free
     */
    public static LoopbackServer start(
            ServerSocketFactory sockets, int port, Duration patience, LoopbackHandler handler) {
        try {
            InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
            LoopbackServer server =
                    new LoopbackServer(sockets.createServerSocket(port, 1_000, loopback), patience, handler);
            server.acceptor.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a server on 127.0.0.1, port " + port, e);
        }
    }

    public int port() {
        return serverSocket.getLocalPort();
    }

    /** Returns the number of POST requests whose heads have arrived. */
    public int posts() {
        return locked(() -> posts);
    }

    /** Returns the number of connections that clients have opened so far. */
    public int connections() {
        return locked(() -> accepted);
    }

    /**
     * Waits until the heads of at least the given number of POST requests have arrived.
     *
     * @throws AssertionError if this takes longer than the patience of this server
     */
    public void awaitPosts(int count) throws InterruptedException {
        await(count + " POSTs", () -> posts >= count);
    }

    /**
     * Waits until at least the given number of clients have disconnected before a request or a reply was complete.
     *
     * @throws AssertionError if this takes longer than the patience of this server
     */
    public void awaitClientsGone(int count) throws InterruptedException {
        await(count + " clients to leave before a reply was complete", () -> clientsGone >= count);
    }

    /**
     * Waits until no client is connected.
     *
     * @throws AssertionError if this takes longer than the patience of this server
     */
    public void awaitNoConnections() throws InterruptedException {
        await("all connections to end", connections::isEmpty);
    }

    /** Closes all connections and frees the port, which then refuses connections. This method is idempotent. */
    @Override
    public void close() {
        List<LoopbackConnection> open = locked(() -> {
            closed = true;
            return List.copyOf(connections);
        });
        closeQuietly(serverSocket);
        try {
            // As long as a thread is blocked in accept, the port accepts connections, even after the socket was closed.
            acceptor.join(patience.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        open.forEach(LoopbackServer::closeQuietly);
    }

    private void acceptAll() {
        while (!serverSocket.isClosed()) {
            try {
                Socket socket = serverSocket.accept();
                // Head and body are written separately, so Nagle's algorithm would delay the body.
                socket.setTcpNoDelay(true);
                LoopbackConnection connection = new LoopbackConnection(socket, this::clientGone);
                if (admit(connection)) {
                    daemon(() -> serve(connection), "loopback-connection").start();
                } else {
                    connection.close();
                }
            } catch (IOException e) {
                // Either the server was closed, or the client disconnected before its connection was accepted. The loop
                // condition distinguishes the two cases.
            }
        }
    }

    private boolean admit(LoopbackConnection connection) {
        return locked(() -> {
            accepted++;
            return !closed && connections.add(connection);
        });
    }

    private void serve(LoopbackConnection connection) {
        try (connection) {
            while (!connection.isClosed()) {
                if (!connection.serve(this::headRead, handler)) {
                    return;
                }
            }
        } catch (IOException e) {
            // The client disconnected, or the server is being closed. In both cases, only this connection ends.
        } finally {
            locked(() -> {
                connections.remove(connection);
                changed.signalAll();
                return connections;
            });
        }
    }

    private void headRead(String method) {
        locked(() -> {
            posts += method.equals("POST") ? 1 : 0;
            changed.signalAll();
            return posts;
        });
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
            long left = patience.toNanos();
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    throw new AssertionError("waited " + patience.toSeconds() + " s for " + what + "; there were "
                            + posts + " POSTs, " + clientsGone + " clients left before a reply was complete");
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

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    private static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            // Ignored, because a failed close does not affect the result of the test.
        }
    }
}
