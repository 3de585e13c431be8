package dev.llmspi.testkit.wire;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The bodies of the protocol as OpenAI writes them. Events of a stream come with their framing. */
public class OpenAiBodies {

    /** A tool call as it stands on the wire. */
    public record Call(String id, String name, String arguments) {}

    /** What every answer used. */
    public static final int INPUT_TOKENS = 11;

    /** What every answer used. */
    public static final int OUTPUT_TOKENS = 3;

    /** Where the API is below the address of the server. */
    public String path() {
        return "/v1";
    }

    /** Headers of every reply, name and value in turn. */
    public Map<String, String> headers() {
        return Map.of("x-request-id", "req-1");
    }

    /** What stands in every answer and chunk besides. */
    String more() {
        return "";
    }

    /** What stands beside the finish reason. */
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

    /** What an answer used, as an object. */
    String usage() {
        return "{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d}"
                .formatted(INPUT_TOKENS, OUTPUT_TOKENS, INPUT_TOKENS + OUTPUT_TOKENS);
    }

    /** The model list. */
    public final String models(String model) {
        return "{\"object\":\"list\",\"data\":[{\"id\":" + Json.quoted(model)
                + ",\"object\":\"model\",\"owned_by\":\"fake\"}]}";
    }

    /** What comes before anything else of a stream. */
    public String streamStart(String model) {
        return chunk(model, "{\"role\":\"assistant\",\"content\":\"\"}", null);
    }

    public final String streamText(String model, String text) {
        return chunk(model, "{\"content\":" + Json.quoted(text) + "}", null);
    }

    /** The beginning of a tool call: everything but its arguments. */
    public final String streamCall(String model, int index, Call call) {
        return chunk(
                model,
                "{\"tool_calls\":[{\"index\":%d,\"id\":%s,\"type\":\"function\",\"function\":{\"name\":%s,\"arguments\":\"\"}}]}"
                        .formatted(index, Json.quoted(call.id), Json.quoted(call.name)),
                null);
    }

    /** What the model adds to the arguments of a call. */
    public final String streamArguments(String model, int index, String fragment) {
        return chunk(
                model,
                "{\"tool_calls\":[{\"index\":%d,\"function\":{\"arguments\":%s}}]}"
                        .formatted(index, Json.quoted(fragment)),
                null);
    }

    /** Finish reason, usage and the mark of the end. */
    public final String streamEnd(String model, String finish) {
        return chunk(model, "{}", finish)
                + event("{\"id\":\"gen-1\",\"object\":\"chat.completion.chunk\",\"model\":" + Json.quoted(model)
                        + more() + ",\"choices\":[],\"usage\":" + usage() + "}")
                + event("[DONE]");
    }

    /** An error in the middle of a stream. */
    public String streamError(int status, String code, String message) {
        return event(error(status, code, message));
    }

    /** The body of an error. */
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
