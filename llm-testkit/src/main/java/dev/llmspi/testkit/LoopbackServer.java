package dev.llmspi.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** Listens on a free port of 127.0.0.1, has each request replied to, and keeps count. A thread for each connection. */
final class LoopbackServer implements AutoCloseable {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Function<FakeRequest, FakeReply> replies;
    private final ServerSocket serverSocket;
    private final Thread acceptor;
    private final List<FakeRequest> requests = new ArrayList<>();
    private final Set<LoopbackConnection> connections = new HashSet<>();
    private int posts;
    private int clientsGone;
    private int accepted;
    private boolean closed;

    /** @param replies asked once for each request that has arrived whole, by many threads */
    LoopbackServer(Function<FakeRequest, FakeReply> replies) {
        this.replies = replies;
        try {
            this.serverSocket = new ServerSocket(0, 100, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        } catch (IOException e) {
            throw new UncheckedIOException("no server on 127.0.0.1", e);
        }
        this.acceptor = daemon(this::acceptAll, "fake-llm-server");
    }

    LoopbackServer start() {
        acceptor.start();
        return this;
    }

    int port() {
        return serverSocket.getLocalPort();
    }

    /** POSTs whose head has arrived, whatever became of the rest. */
    int posts() {
        return locked(() -> posts);
    }

    int connections() {
        return locked(() -> accepted);
    }

    List<FakeRequest> requests() {
        return locked(() -> List.copyOf(requests));
    }

    void awaitPosts(int count) throws InterruptedException {
        await(count + " POSTs", () -> posts >= count);
    }

    void awaitClientsGone(int count) throws InterruptedException {
        await(count + " clients to leave an open reply", () -> clientsGone >= count);
    }

    /** Ends all connections and frees the port. */
    @Override
    public void close() {
        List<LoopbackConnection> open = locked(() -> {
            closed = true;
            return List.copyOf(connections);
        });
        closeQuietly(serverSocket);
        try {
            // The port accepts connections for as long as a thread is within accept, even after the socket was closed.
            acceptor.join(TimeUnit.NANOSECONDS.toMillis(Patience.NANOS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        open.forEach(LoopbackServer::closeQuietly);
    }

    private void acceptAll() {
        while (!serverSocket.isClosed()) {
            try {
                Socket socket = serverSocket.accept();
                socket.setTcpNoDelay(true); // head and body are written apart: Nagle would hold the body back
                LoopbackConnection connection = new LoopbackConnection(socket, this::clientGone);
                if (admit(connection)) {
                    daemon(() -> serve(connection), "fake-llm-server-connection")
                            .start();
                } else {
                    connection.close();
                }
            } catch (IOException e) {
                // Closed, or the client was gone before it was accepted; the loop's condition tells them apart.
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
                FakeRequest request = connection.read(this::headRead);
                if (request == null) {
                    return;
                }
                locked(() -> requests.add(request));
                replies.apply(request).send(connection);
            }
        } catch (IOException e) {
            // The client left, or the server is being closed: either ends this connection and nothing else.
        } finally {
            locked(() -> connections.remove(connection));
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
            long left = Patience.NANOS;
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    throw new AssertionError("waited " + Patience.TEXT + " in vain for " + what + "; there were "
                            + posts + " POSTs, " + clientsGone + " clients left an open reply");
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
            // Nothing can be done about a socket that fails to close; the test's own result counts.
        }
    }
}
