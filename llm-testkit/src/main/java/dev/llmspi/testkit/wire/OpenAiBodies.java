package dev.llmspi.testkit.wire;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The response bodies of OpenAI's protocol. Stream events include their framing. */
public class OpenAiBodies {

    /** A tool call in the wire format. */
    public record Call(String id, String name, String arguments) {}

    /** The number of input tokens that every answer reports. */
    public static final int INPUT_TOKENS = 11;

    /** The number of output tokens that every answer reports. */
    public static final int OUTPUT_TOKENS = 3;

    /** Returns the path of the API on the server. */
    public String path() {
        return "/v1";
    }

    /** Returns the headers that every reply contains, by name. */
    public Map<String, String> headers() {
        return Map.of("x-request-id", "req-1");
    }

    /** Returns the additional members that every answer and chunk contains. */
    String more() {
        return "";
    }

    /** Returns the additional members that follow the finish reason. */
    String finishMore(String reason) {
        return "";
    }

    public final String answer(String model, String text) {
        return whole(model, "{\"role\":\"assistant\",\"content\":" + Json.quoted(text) + "}", "stop");
    }

    public final String toolCalls(String model, List<Call> calls) {
        List<String> written = calls.stream()
                .map(call -> "{\"id\":%s,\"type\":\"function\",\"function\":{\"name\":%s,\"arguments\":%s}}"
                        .formatted(Json.quoted(call.id), Json.quoted(call.name), Json.quoted(call.arguments)))
                .toList();
        return whole(
                model,
                "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[" + String.join(",", written) + "]}",
                "tool_calls");
    }

    private String whole(String model, String message, String finish) {
        return "{\"id\":\"gen-1\",\"object\":\"chat.completion\",\"created\":1763856000,\"model\":" + Json.quoted(model)
                + more() + ",\"choices\":[{\"index\":0,\"message\":" + message + ",\"finish_reason\":\"" + finish + "\""
                + finishMore(finish) + "}],\"usage\":" + usage() + "}";
    }

    /** Returns an answer's usage object. */
    String usage() {
        return "{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d}"
                .formatted(INPUT_TOKENS, OUTPUT_TOKENS, INPUT_TOKENS + OUTPUT_TOKENS);
    }

    /** Returns a model list. */
    public final String models(String model) {
        return "{\"object\":\"list\",\"data\":[{\"id\":" + Json.quoted(model)
                + ",\"object\":\"model\",\"owned_by\":\"fake\"}]}";
    }

    /** Returns the beginning of a stream. */
    public String streamStart(String model) {
        return chunk(model, "{\"role\":\"assistant\",\"content\":\"\"}", null);
    }

    public final String streamText(String model, String text) {
        return chunk(model, "{\"content\":" + Json.quoted(text) + "}", null);
    }

    /** Returns the beginning of a tool call, without its arguments. */
    public final String streamCall(String model, int index, Call call) {
        return chunk(
                model,
                ("{\"tool_calls\":[{\"index\":%d,\"id\":%s,\"type\":\"function\","
                                + "\"function\":{\"name\":%s,\"arguments\":\"\"}}]}")
                        .formatted(index, Json.quoted(call.id), Json.quoted(call.name)),
                null);
    }

    /** Returns a piece of a tool call's arguments. */
    public final String streamArguments(String model, int index, String fragment) {
        return chunk(
                model,
                "{\"tool_calls\":[{\"index\":%d,\"function\":{\"arguments\":%s}}]}"
                        .formatted(index, Json.quoted(fragment)),
                null);
    }

    /** Returns the end of a stream: the finish reason, the usage and the end marker. */
    public final String streamEnd(String model, String finish) {
        return chunk(model, "{}", finish)
                + event("{\"id\":\"gen-1\",\"object\":\"chat.completion.chunk\",\"model\":" + Json.quoted(model)
                        + more() + ",\"choices\":[],\"usage\":" + usage() + "}")
                + event("[DONE]");
    }

    /** Returns the event that reports an error within a stream. */
    public String streamError(int status, String code, String message) {
        return event(error(status, code, message));
    }

    /** Returns the body of an error. */
    public String error(int status, String code, String message) {
        return "{\"error\":{\"message\":" + Json.quoted(message) + ",\"type\":\"fake\",\"param\":null,\"code\":"
                + Json.quoted(code) + "}}";
    }

    final String chunk(String model, String delta, @Nullable String finish) {
        String ending = finish == null ? "null" : "\"" + finish + "\"" + finishMore(finish);
        return event("{\"id\":\"gen-1\",\"object\":\"chat.completion.chunk\",\"created\":1763856000,\"model\":"
                + Json.quoted(model) + more() + ",\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":"
                + ending + "}]}");
    }

    static String event(String data) {
        return "data: " + data + "\n\n";
    }
}
