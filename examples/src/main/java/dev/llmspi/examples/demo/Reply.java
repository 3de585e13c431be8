package dev.llmspi.examples.demo;

import static dev.llmspi.examples.show.JsonLine.object;

import dev.llmspi.examples.show.JsonLine;
import java.util.List;
import java.util.Map;

/**
 * What the demo's server answers to one request.
 *
 * @param thinkMillis how long it takes, so that the timeline has something to show
 */
record Reply(int status, Map<String, String> headers, String body, long thinkMillis) {

    /** A chat completion as both wires have it; OpenRouter alone tells the cost. */
    static Reply answer(String model, String text) {
        String body = JsonLine.of(object(
                "id",
                "gen-demo",
                "object",
                "chat.completion",
                "created",
                1_790_000_000,
                "model",
                model,
                "choices",
                List.of(object(
                        "index", 0, "finish_reason", "stop", "message", object("role", "assistant", "content", text))),
                "usage",
                object("prompt_tokens", 13, "completion_tokens", 11, "total_tokens", 24)));
        return new Reply(200, Map.of(), body, 120);
    }

    static Reply error(int status, String message) {
        String body = JsonLine.of(object("error", object("code", status, "message", message)));
        return new Reply(status, Map.of(), body, 30);
    }

    Reply retryAfter(int seconds) {
        return new Reply(status, Map.of("Retry-After", String.valueOf(seconds)), body, thinkMillis);
    }
}
