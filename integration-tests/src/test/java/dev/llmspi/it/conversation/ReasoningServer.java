package dev.llmspi.it.conversation;

import static dev.llmspi.it.conversation.Deltas.object;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Behaves like DeepSeek: during a turn with tool calls, requests must return the reasoning under its original member
 * names.
 */
final class ReasoningServer extends StrictServer {

    static final String MISSING = "The `reasoning_content` in the thinking mode must be passed back to the API.";
    static final String INVENTED = "This reasoning is not of this model.";

    private final List<String> names;

    /** @param names the member names under which each answer carries the reasoning */
    ReasoningServer(Random random, List<String> names) {
        super(random);
        this.names = names;
    }

    @Override
    @Nullable
    String judge(Echo echo) {
        for (String name : List.of("reasoning", "reasoning_content")) {
            if (echo.isOther(name)) {
                return echo.isOwn() && echo.given(name) != null ? MISSING : INVENTED;
            }
            boolean needed = echo.isOwn() && echo.inTurn() && echo.hasCalls() && names.contains(name);
            if (needed && !echo.message().containsKey(name)) {
                return MISSING;
            }
        }
        for (Map<String, @Nullable Object> call : JsonParts.objects(echo.message(), "tool_calls")) {
            String refusal = unknownMember(rest(call), List.of());
            if (refusal != null) {
                return refusal;
            }
        }
        return unknownMember(
                echo.message(), List.of("role", "content", "tool_calls", "reasoning", "reasoning_content"));
    }

    /** Returns the same IDs for every answer, as servers do that number the tool calls of each answer from zero. */
    @Override
    String id(int number, int position) {
        return "functions.call:" + position;
    }

    @Override
    void complete(Map<String, @Nullable Object> answer) {
        String reasoning = " I must \"look\" first: \ud83d\ude00 a/b=c\n\n" + letters(20) + " ";
        names.forEach(name -> answer.put(name, reasoning));
    }

    @Override
    void stream(Map<String, @Nullable Object> answer, Deltas deltas) {
        for (String piece : deltas.pieces(JsonParts.text(answer, names.get(0)))) {
            Map<String, @Nullable Object> delta = object("content", null);
            names.forEach(name -> delta.put(name, piece));
            delta.put("tool_calls", new ArrayList<>());
            deltas.add(delta);
        }
        deltas.content(answer);
        deltas.toolCalls(answer);
    }
}
