package dev.llmspi.examples.process;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on this machine: planned replies by path, requests remembered. */
final class FakeServer implements AutoCloseable {

    record Reply(int status, String body) {}

    private final HttpServer server;
    private final Map<String, Queue<Reply>> replies = new ConcurrentHashMap<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();

    FakeServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::serve);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    FakeServer reply(String path, int status, String body) {
        replies.computeIfAbsent(path, key -> new ConcurrentLinkedQueue<>()).add(new Reply(status, body));
        return this;
    }

    /** An answer at OpenRouter's address. */
    FakeServer answer(String text) {
        return reply("/api/v1/chat/completions", 200, completion(text));
    }

    /** An error at OpenRouter's address. */
    FakeServer error(int status, String message) {
        return reply(
                "/api/v1/chat/completions",
                status,
                "{\"error\":{\"code\":" + status + ",\"message\":\"" + message + "\"}}");
    }

    static String completion(String text) {
        return "{\"id\":\"gen-1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"vendor/model-served\","
                + "\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\""
                + text
                + "\"}}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5,\"total_tokens\":8,\"cost\":0.00002}}";
    }

    /** What was posted, in order. */
    List<String> bodies() {
        return bodies;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            Queue<Reply> planned =
                    replies.getOrDefault(exchange.getRequestURI().getPath(), new ConcurrentLinkedQueue<>());
            Reply reply =
                    planned.isEmpty() ? new Reply(404, "{\"error\":{\"message\":\"not planned\"}}") : planned.remove();
            byte[] body = reply.body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(reply.status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
