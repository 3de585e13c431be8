package dev.llmspi.openai.wire;

import dev.llmspi.api.ChatStream;
import java.nio.charset.StandardCharsets;

/** Creates the chunks of a stream as JSON, written with single quotes instead of double quotes. */
final class StreamChunks {

    static final String DONE = "[DONE]";

    private StreamChunks() {}

    /** Decodes a stream of these chunks. */
    static ChatStream stream(String... chunks) {
        StringBuilder body = new StringBuilder();
        for (String chunk : chunks) {
            body.append("data: ").append(chunk.replace('\'', '"')).append("\n\n");
        }
        return StreamBytes.stream(body.toString().getBytes(StandardCharsets.UTF_8));
    }

    static String delta(String delta) {
        return "{'choices':[{'index':0,'delta':{" + delta + "},'finish_reason':null}]}";
    }

    /** Returns a chunk with these elements of {@code tool_calls}. */
    static String calls(String calls) {
        return delta("'content':null,'tool_calls':[" + calls + "]");
    }

    /** @param word the finish reason as JSON */
    static String finish(String word) {
        return "{'choices':[{'delta':{},'finish_reason':" + word + "}]}";
    }
}
