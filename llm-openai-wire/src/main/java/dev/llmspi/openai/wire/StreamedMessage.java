package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.llmspi.api.ChatStreamEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Whole messages in a stream where deltas should be, or beside them. What deltas have said counts: a message adds what they left
 * out.
 */
final class StreamedMessage {

    private final StreamAccumulator answer;
    private final GrowingText text = new GrowingText();
    private final GrowingText reasoning = new GrowingText();
    private final List<Chunk.ToolFragment> calls = new ArrayList<>();
    private boolean saysText;
    private boolean saysReasoning;

    StreamedMessage(StreamAccumulator answer) {
        this.answer = answer;
    }

    void add(JsonObject message, Queue<ChatStreamEvent> events) throws StreamConstraintsException {
        MessageDecoder.Members members = new MessageDecoder.Members(message);
        saysReasoning |= !answer.hasReasoning();
        if (saysReasoning) {
            answer.reasoning(reasoning.next(members.reasoning()), events);
        }
        saysText |= !answer.hasText();
        if (saysText) {
            answer.text(text.next(members.text()), events);
        }
        String refusal = message.text("refusal").orElse("");
        if (!answer.hasText() && !refusal.isEmpty()) {
            answer.refusal(text.next(refusal), events);
        }
        members.fields().forEach(answer.fields()::put);
        int position = 0;
        for (JsonObject call : message.objects("tool_calls")) {
            put(MessageDecoder.toolCall(call, position++));
        }
    }

    /** Adds a call, in place of the same one as an earlier message had it. */
    private void put(Chunk.ToolFragment call) throws StreamConstraintsException {
        answer.grow(call.arguments().length());
        for (int i = 0; i < calls.size(); i++) {
            Chunk.ToolFragment known = calls.get(i);
            boolean same = known.id() != null && call.id() != null
                    ? known.id().equals(call.id())
                    : known.position() == call.position()
                            && equal(known.name(), call.name())
                            && call.arguments().startsWith(known.arguments());
            if (same) {
                calls.set(i, call);
                return;
            }
        }
        calls.add(call);
    }

    private static boolean equal(@Nullable String first, @Nullable String second) {
        return first == null ? second == null : first.equals(second);
    }

    boolean hasToolCalls() {
        return !calls.isEmpty();
    }

    /** The stream is complete: the calls of the messages count if no delta had any. */
    void complete(Queue<ChatStreamEvent> events) throws StreamConstraintsException {
        if (answer.toolCalls().isEmpty()) {
            for (Chunk.ToolFragment call : calls) {
                answer.toolCalls().addWhole(call, events);
            }
        }
    }
}
