package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.llmspi.api.ChatStreamEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;

/**
 * Members {@code message} in the chunks of a stream, in place of deltas or beside them. Deltas win: a message only adds
 * text, reasoning and tool calls that are missing.
 */
final class MessageInStream {

    private final StreamAccumulator answer;
    private final GrowingText text = new GrowingText();
    private final GrowingText reasoning = new GrowingText();
    private final GrowingText refusal = new GrowingText();
    private final List<Chunk.ToolFragment> calls = new ArrayList<>();
    /** Deltas had text, reasoning or a refusal before the first message: then no message adds to it. */
    private final boolean textIsThere;

    private final boolean reasoningIsThere;
    private final boolean refusalIsThere;
    private boolean adding;

    MessageInStream(StreamAccumulator answer) {
        this.answer = answer;
        this.textIsThere = answer.hasText();
        this.reasoningIsThere = answer.hasReasoning();
        this.refusalIsThere = answer.isRefused();
    }

    void add(JsonObject message, StreamedReasoning details, Queue<ChatStreamEvent> events)
            throws StreamConstraintsException {
        MessageDecoder.Members members = new MessageDecoder.Members(message);
        adding = true;
        if (!reasoningIsThere) {
            answer.reasoning(reasoning.next(members.reasoning()), events);
        }
        if (!textIsThere) {
            answer.text(text.next(members.text()), events);
        }
        if (!refusalIsThere) {
            answer.refusal(refusal.next(message.text("refusal").orElse("")), events);
        }
        adding = false;
        answer.grow(JsonTree.weight(members.fields()) + JsonTree.weight(members.details()));
        members.fields().forEach(answer.fields()::put);
        details.put(members.details());
        int position = 0;
        for (JsonObject call : MessageDecoder.toolCalls(message)) {
            put(MessageDecoder.toolCall(call, position++));
        }
    }

    /** Whether the text of a delta is no repetition of the messages; then it belongs to the text so far. */
    boolean isNewText(String delta) {
        return adding || textIsThere || text.takes(delta);
    }

    boolean isNewReasoning(String delta) {
        return adding || reasoningIsThere || reasoning.takes(delta);
    }

    boolean isNewRefusal(String delta) {
        return adding || refusalIsThere || refusal.takes(delta);
    }

    /** Adds a call, in place of the same one as an earlier message had it. */
    private void put(Chunk.ToolFragment call) throws StreamConstraintsException {
        for (int i = 0; i < calls.size(); i++) {
            Chunk.ToolFragment known = calls.get(i);
            if (isSame(known, call)) {
                answer.grow(Math.max(
                        0, call.arguments().length() - known.arguments().length()));
                calls.set(i, call);
                return;
            }
        }
        if (calls.size() == ToolCallAssembler.MOST) {
            throw new StreamConstraintsException("too many tool calls");
        }
        answer.grow(call.arguments().length());
        calls.add(call);
    }

    private static boolean isSame(Chunk.ToolFragment known, Chunk.ToolFragment call) {
        if (known.id() != null && call.id() != null) {
            return known.id().equals(call.id());
        }
        return known.position() == call.position()
                && Objects.equals(known.name(), call.name())
                && call.arguments().startsWith(known.arguments());
    }

    /** The stream has ended: the calls of the messages count if no delta had any. */
    void complete(Queue<ChatStreamEvent> events) throws StreamConstraintsException {
        if (answer.toolCalls().isEmpty()) {
            for (Chunk.ToolFragment call : calls) {
                answer.toolCalls().addWhole(call, events);
            }
        }
        calls.clear();
    }
}
