package dev.llmspi.examples.demo;

import static dev.llmspi.examples.show.JsonLine.object;

import dev.llmspi.examples.show.JsonLine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The demo server's reply to one request.
 *
 * @param pieces the body, split into pieces that are sent separately
 * @param end how the body ends after the last piece
 * @param thinkMillis the delay before the first piece, which makes the timeline show a duration
 */
record Reply(int status, Map<String, String> headers, List<String> pieces, End end, long thinkMillis) {

    /** The ways in which the body of a reply can end. */
    enum End {
        /** The body ends correctly. */
        WHOLE,
        /** The connection is closed before the end of the body. */
        CUT,
        /** The server stops sending but keeps the connection open. */
        SILENT
    }

    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

    /** Returns a chat completion, which has the same form for both providers. */
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
