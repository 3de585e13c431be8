package dev.llmspi.examples.demo;

import static dev.llmspi.examples.show.JsonLine.object;

import dev.llmspi.examples.show.JsonLine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the demo's server answers to one request.
 *
 * @param pieces the body, in the pieces it is written in
 * @param end what follows the last piece
 * @param thinkMillis how long it takes before the first one, so that the timeline has something to show
 */
record Reply(int status, Map<String, String> headers, List<String> pieces, End end, long thinkMillis) {

    /** How the body of a reply ends. */
    enum End {
        /** As HTTP has it. */
        WHOLE,
        /** The connection is closed before the end of the body. */
        CUT,
        /** Nothing more comes, and the connection stays open. */
        SILENT
    }

    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

    /** A chat completion as both wires have it. */
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
        return new Reply(200, JSON, List.of(body), End.WHOLE, 120);
    }

    static Reply error(int status, String message) {
        String body = JsonLine.of(object("error", object("code", status, "message", message)));
        return new Reply(status, JSON, List.of(body), End.WHOLE, 30);
    }

    Reply retryAfter(int seconds) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put("Retry-After", String.valueOf(seconds));
        return new Reply(status, more, pieces, end, thinkMillis);
    }
}
