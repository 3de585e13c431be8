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
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A server on this machine: planned replies by path, requests remembered. */
final class FakeServer implements AutoCloseable {

    /** @param cut whether the connection is closed before the announced end of the body */
    record Reply(int status, String type, String body, boolean cut) {}

    private static final Reply NOT_PLANNED =
            new Reply(404, "application/json", "{\"error\":{\"message\":\"not planned\"}}", false);

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
        replies.computeIfAbsent(path, key -> new ConcurrentLinkedQueue<>())
                .add(new Reply(status, "application/json", body, false));
        return this;
    }

    /** Events at OpenRouter's address. */
    FakeServer stream(String... data) {
        return stream(false, data);
    }

    /** Events at OpenRouter's address, and then the connection breaks. */
    FakeServer cutStream(String... data) {
        return stream(true, data);
    }

    private FakeServer stream(boolean cut, String... data) {
        String body = Stream.of(data).map(event -> "data: " + event + "\n\n").collect(Collectors.joining());
        replies.computeIfAbsent("/api/v1/chat/completions", key -> new ConcurrentLinkedQueue<>())
                .add(new Reply(200, "text/event-stream", body, cut));
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

    /** A piece of a stream with these fields of its delta. */
    static String delta(String fields) {
        return "{\"id\":\"gen-1\",\"model\":\"vendor/model-served\",\"choices\":[{\"index\":0,\"delta\":{" + fields
                + "}}]}";
    }

    /** The last piece of a stream. */
    static String finish(String reason) {
        return "{\"id\":\"gen-1\",\"model\":\"vendor/model-served\",\"choices\":[{\"index\":0,\"delta\":{},"
                + "\"finish_reason\":\"" + reason + "\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5,"
                + "\"total_tokens\":8,\"cost\":0.00002}}";
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
            Reply reply = planned.isEmpty() ? NOT_PLANNED : planned.remove();
            byte[] body = reply.body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", reply.type);
            exchange.sendResponseHeaders(reply.status, body.length + (reply.cut ? 1 : 0));
            exchange.getResponseBody().write(body);
            exchange.getResponseBody().flush();
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
