package dev.llmspi.examples.demo;

import static dev.llmspi.examples.show.JsonLine.object;

import dev.llmspi.examples.demo.Reply.End;
import dev.llmspi.examples.show.JsonLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds a streamed answer from server-sent events, which has the same form for both providers. Each event becomes one
 * piece of the reply.
 */
final class StreamScript {

    private static final Map<String, String> SSE = Map.of("Content-Type", "text/event-stream");

    private final String model;
    private final List<String> pieces = new ArrayList<>();

    /** Begins a stream as real servers do, with a keep-alive comment and a chunk that contains only the role. */
    StreamScript(String model) {
        this.model = model;
        pieces.add(": PROCESSING\n\n");
        chunk(object("role", "assistant", "content", ""), null);
    }

    StreamScript text(String... words) {
        for (String word : words) {
            chunk(object("content", word), null);
        }
        return this;
    }

    /** Adds a tool call whose arguments arrive in pieces. */
    StreamScript toolCall(String id, String name, String... arguments) {
        toolPiece(object("index", 0, "id", id, "type", "function", "function", object("name", name, "arguments", "")));
        for (String piece : arguments) {
            toolPiece(object("index", 0, "function", object("arguments", piece)));
        }
        return this;
    }

    private void toolPiece(Map<String, @Nullable Object> piece) {
        chunk(object("tool_calls", List.of(piece)), null);
    }

    /** Adds the finish reason and the usage. */
    StreamScript finish(String reason) {
        chunk(object("content", ""), reason);
        event(JsonLine.of(object(
                "id",
                "gen-demo",
                "model",
                model,
                "choices",
                List.of(),
                "usage",
                object("prompt_tokens", 13, "completion_tokens", 11, "total_tokens", 24))));
        return this;
    }

    /** Adds an error event. The HTTP status 200 has already been sent at this point. */
    StreamScript error(int code, String message) {
        event(JsonLine.of(object("id", "gen-demo", "error", object("code", code, "message", message))));
        return this;
    }

    StreamScript done() {
        return event("[DONE]");
    }

    /** Adds an event with arbitrary data. */
    StreamScript event(String data) {
        pieces.add("data: " + data + "\n\n");
        return this;
    }

    Reply whole() {
        return end(End.WHOLE);
    }

    Reply end(End end) {
        return new Reply(200, SSE, List.copyOf(pieces), end, 60);
    }

    private void chunk(Map<String, @Nullable Object> delta, @Nullable String finishReason) {
        event(JsonLine.of(object(
                "id",
                "gen-demo",
                "object",
                "chat.completion.chunk",
                "model",
                model,
                "choices",
                List.of(object("index", 0, "delta", delta, "finish_reason", finishReason)))));
    }
}
