package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.llmspi.api.ChatStreamEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;

/**
 * Handles whole messages in the chunks of a stream, which some servers send instead of deltas or in addition to them.
 * Deltas take precedence: a message adds only the text, reasoning and tool calls that the deltas did not contain.
 */
final class MessageInStream {

    private final StreamAccumulator answer;
    private final GrowingText text = new GrowingText();
    private final GrowingText reasoning = new GrowingText();
    private final GrowingText refusal = new GrowingText();
    private final List<Chunk.ToolFragment> calls = new ArrayList<>();
    /**
     * Whether deltas contained text before the first message arrived. If so, messages add no text. The same rule
     * applies to reasoning and refusals.
     */
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

    /** Adds the text of a delta. Returns false if the delta only repeats the text of the messages. */
    boolean isNewText(String delta) {
        return adding || textIsThere || text.takes(delta);
    }

    boolean isNewReasoning(String delta) {
        return adding || reasoningIsThere || reasoning.takes(delta);
    }

    boolean isNewRefusal(String delta) {
        return adding || refusalIsThere || refusal.takes(delta);
    }

    /** Adds a tool call, or replaces an earlier version of the same call. */
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

    /** Handles the end of the stream. Tool calls found in complete messages are used only if no delta contained one. */
    void complete(Queue<ChatStreamEvent> events) throws StreamConstraintsException {
        if (answer.toolCalls().isEmpty()) {
            for (Chunk.ToolFragment call : calls) {
                answer.toolCalls().addWhole(call, events);
            }
        }
        calls.clear();
    }
}
