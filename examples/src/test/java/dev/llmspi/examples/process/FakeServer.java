package dev.llmspi.examples.process;

import dev.llmspi.testkit.FakeLlmServer;
import dev.llmspi.testkit.FakeReply;
import dev.llmspi.testkit.FakeRequest;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A fake server whose replies are planned for each path. It records the requests. */
final class FakeServer implements AutoCloseable {

    private static final String OPENROUTER = "/api/v1";
    private static final String CHAT = OPENROUTER + "/chat/completions";
    private static final FakeReply NOT_PLANNED = FakeReply.json(404, "{\"error\":{\"message\":\"not planned\"}}");

    private final Map<String, Queue<FakeReply>> replies = new ConcurrentHashMap<>();
    private final FakeLlmServer server = FakeLlmServer.openRouter()
            .replies(request -> planned(request.path()))
            .repeat();

    FakeServer() {
        for (String path : List.of("/models", "/key")) {
            server.serves(path, connection -> planned(OPENROUTER + path).send(connection));
        }
    }

    String address() {
        return server.url().replace(OPENROUTER, "");
    }

    FakeServer reply(String path, int status, String body) {
        return reply(path, FakeReply.json(status, body));
    }

    private FakeServer reply(String path, FakeReply reply) {
        replies.computeIfAbsent(path, key -> new ConcurrentLinkedQueue<>()).add(reply);
        return this;
    }

    /** Plans a reply at OpenRouter's address that streams events. */
    FakeServer stream(String... data) {
        return reply(CHAT, FakeReply.of(200, "text/event-stream", events(data)));
    }

    /** Plans a reply at OpenRouter's address that streams events and then breaks the connection. */
    FakeServer cutStream(String... data) {
        return reply(CHAT, FakeReply.events().piece(events(data)).cut());
    }

    private static String events(String... data) {
        return Stream.of(data).map(event -> "data: " + event + "\n\n").collect(Collectors.joining());
    }

    /** Plans a complete answer at OpenRouter's address. */
    FakeServer answer(String text) {
        return reply(CHAT, 200, completion(text));
    }

    /** Plans an error reply at OpenRouter's address. */
    FakeServer error(int status, String message) {
        return reply(CHAT, status, "{\"error\":{\"code\":" + status + ",\"message\":\"" + message + "\"}}");
    }

    static String completion(String text) {
        return "{\"id\":\"gen-1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"vendor/model-served\","
                + "\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\""
                + text
                + "\"}}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5,\"total_tokens\":8,\"cost\":0.00002}}";
    }

    /** Returns a stream chunk whose delta contains the given fields. */
    static String delta(String fields) {
        return "{\"id\":\"gen-1\",\"model\":\"vendor/model-served\",\"choices\":[{\"index\":0,\"delta\":{" + fields
                + "}}]}";
    }

    /** Returns the last chunk of a stream. */
    static String finish(String reason) {
        return "{\"id\":\"gen-1\",\"model\":\"vendor/model-served\",\"choices\":[{\"index\":0,\"delta\":{},"
                + "\"finish_reason\":\"" + reason + "\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5,"
                + "\"total_tokens\":8,\"cost\":0.00002}}";
    }

    /** Returns the bodies of all requests received so far. */
    List<String> bodies() {
        return server.requests().stream().map(FakeRequest::body).toList();
    }

    private FakeReply planned(String path) {
        Queue<FakeReply> planned = replies.getOrDefault(path, new ConcurrentLinkedQueue<>());
        FakeReply next = planned.poll();
        return next == null ? NOT_PLANNED : next;
    }

    @Override
    public void close() {
        server.close();
    }
}
