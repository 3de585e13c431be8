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
 * A local server that imitates OpenRouter at {@code /api/v1} and Portkey at {@code /v1}. It sends the planned replies
 * in order, pauses between the events of a stream, and counts the requests.
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
        // Without this property, Nagle's algorithm can delay a reply by 40 ms. The JDK reads the property when the
        // first server is created.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/api/v1/chat/completions", exchange -> serve(exchange, openRouter));
        // A Portkey request has at least one Portkey header. Any other request gets the "not planned" error.
        server.createContext("/v1/chat/completions", exchange -> {
            boolean speaksPortkey =
                    exchange.getRequestHeaders().keySet().stream().anyMatch(name -> name.startsWith("X-portkey-"));
            serve(exchange, speaksPortkey ? portkey : new ConcurrentLinkedQueue<>());
        });
        server.start();
    }

    /** Sets the replies to the next requests and discards the earlier ones. */
    void plan(List<Reply> toOpenRouter, List<Reply> toPortkey) {
        openRouter.clear();
        openRouter.addAll(toOpenRouter);
        portkey.clear();
        portkey.addAll(toPortkey);
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Returns an address on which no server listens. */
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

    /**
     * Returns the body length to announce, where 0 selects chunked encoding. For {@link Reply.End#CUT}, the length is
     * one byte too long, so that the server closes the connection in the middle of the body.
     */
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
