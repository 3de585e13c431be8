package dev.llmspi.examples.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server on this machine that speaks both wires: OpenRouter's under {@code /api/v1}, Portkey's under {@code /v1}. It gives
 * the replies it was told to, in order and streams event by event, and counts what reaches it.
 */
final class DemoServer implements AutoCloseable {

    private static final long BETWEEN_EVENTS = 40;
    private static final Reply NOT_PLANNED = Reply.error(500, "the demo planned no such request");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(DemoServer::daemon);
    private final Queue<Reply> openRouter = new ConcurrentLinkedQueue<>();
    private final Queue<Reply> portkey = new ConcurrentLinkedQueue<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch closing = new CountDownLatch(1);

    DemoServer() throws IOException {
        // Else an answer may lie 40 ms in the socket, waiting for more of it. Read once, when the first server is made.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/api/v1/chat/completions", exchange -> serve(exchange, openRouter));
        // A Portkey request names a provider or a configuration in a header of its own; else it is none.
        server.createContext("/v1/chat/completions", exchange -> {
            boolean speaksPortkey =
                    exchange.getRequestHeaders().keySet().stream().anyMatch(name -> name.startsWith("X-portkey-"));
            serve(exchange, speaksPortkey ? portkey : new ConcurrentLinkedQueue<>());
        });
        server.start();
    }

    /** The replies to the next requests. */
    void plan(List<Reply> toOpenRouter, List<Reply> toPortkey) {
        openRouter.clear();
        openRouter.addAll(toOpenRouter);
        portkey.clear();
        portkey.addAll(toPortkey);
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** An address where nobody listens. */
    static String deadAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "http://127.0.0.1:" + socket.getLocalPort();
        }
    }

    int requests() {
        return requests.get();
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void serve(HttpExchange exchange, Queue<Reply> replies) throws IOException {
        try (exchange) {
            requests.incrementAndGet();
            exchange.getRequestBody().readAllBytes();
            Reply reply = replies.isEmpty() ? NOT_PLANNED : replies.remove();
            Thread.sleep(reply.thinkMillis());
            reply.headers().forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(reply.status(), length(reply));
            for (String piece : reply.pieces()) {
                exchange.getResponseBody().write(piece.getBytes(StandardCharsets.UTF_8));
                exchange.getResponseBody().flush();
                Thread.sleep(reply.pieces().size() == 1 ? 0 : BETWEEN_EVENTS);
            }
            if (reply.end() == Reply.End.SILENT) {
                closing.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Zero: as long as it takes. A body shorter than announced makes the server close the connection in its middle. */
    private static long length(Reply reply) {
        long bytes = 0;
        for (String piece : reply.pieces()) {
            bytes += piece.getBytes(StandardCharsets.UTF_8).length;
        }
        if (reply.end() == Reply.End.CUT) {
            return bytes + 1;
        }
        return reply.pieces().size() == 1 ? bytes : 0;
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "demo-server");
        thread.setDaemon(true);
        return thread;
    }
}
