package dev.llmspi.it.conversation;

import static dev.llmspi.it.conversation.Deltas.object;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Behaves like Mistral and Groq, which refuse members that the protocol does not define, and IDs in the wrong format.
 */
final class PlainServer extends StrictServer {

    /** The format of Mistral's tool call IDs. */
    static final Pattern NINE = Pattern.compile("[a-zA-Z0-9]{9}");
    /** An ID format that both OpenAI and Anthropic accept. */
    static final Pattern FORTY = Pattern.compile("[a-zA-Z0-9_-]{1,40}");

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

    private final Pattern ids;
    private final boolean reasons;

    /**
     * @param reasons whether the server sends {@code reasoning}, as Groq does, and accepts its own reasoning in later
     *     requests
     */
    PlainServer(Random random, Pattern ids, boolean reasons) {
        super(random);
        this.ids = ids;
        this.reasons = reasons;
    }

    @Override
    @Nullable
    String judge(Echo echo) {
        if (echo.isOther("reasoning")) {
            return "property 'reasoning' is unsupported";
        }
        String refusal = unknownMember(echo.message(), List.of("role", "content", "tool_calls", "reasoning"));
        for (Map<String, @Nullable Object> call : JsonParts.objects(echo.message(), "tool_calls")) {
            String id = JsonParts.text(call, "id");
            if (!ids.matcher(id).matches()) {
                return "Tool call id was " + id + " but must match " + ids;
            }
            if (!NAME.matcher(JsonParts.text(JsonParts.object(call, "function"), "name"))
                    .matches()) {
                return "Function name does not fit";
            }
            refusal = refusal == null ? unknownMember(rest(call), List.of()) : refusal;
        }
        return refusal;
    }

    @Override
    String id(int number, int position) {
        return ids == NINE ? letters(9) : "call_" + letters(30) + "-" + number;
    }

    @Override
    void complete(Map<String, @Nullable Object> answer) {
        if (reasons) {
            answer.put("reasoning", "Because of " + letters(30));
        }
    }

    @Override
    void stream(Map<String, @Nullable Object> answer, Deltas deltas) {
        deltas.pieces(JsonParts.text(answer, "reasoning")).forEach(piece -> deltas.add(object("reasoning", piece)));
        deltas.content(answer);
        deltas.toolCalls(answer);
    }
}
