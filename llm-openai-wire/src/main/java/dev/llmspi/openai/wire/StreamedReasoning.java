package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.llmspi.api.ChatStreamEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * Collects a stream's reasoning under each member name that the server uses. The same text may arrive under several
 * names. The caller receives it once, but it is kept under every name for the next request to the server.
 */
final class StreamedReasoning {

    private final Map<String, StringBuilder> texts = new LinkedHashMap<>();
    private final ReasoningFragments details = new ReasoningFragments();
    private final ReasoningFragments blocks = new ReasoningFragments();
    private final ReasoningFragments parts = new ReasoningFragments();
    private List<Map<String, Object>> ofMessage = List.of();

    /**
     * Adds the reasoning in a choice and emits its visible text, which is the plain string if there is one, and
     * otherwise the text of the details.
     */
    void add(Chunk.Choice choice, StreamAccumulator answer, Queue<ChatStreamEvent> events)
            throws StreamConstraintsException {
        String plain = "";
        StringBuilder detailed = new StringBuilder();
        for (int i = 0; i < choice.pieces.size(); i++) {
            Chunk.Piece piece = choice.pieces.get(i);
            if (piece instanceof Chunk.ReasoningText text) {
                boolean first = plain.isEmpty();
                plain = first ? text.text() : plain;
                keep(text, first ? 0 : text.text().length(), answer);
            } else if (piece instanceof Chunk.ReasoningDetails fragments) {
                String shown = fragments(fragments, answer);
                if (detailed.isEmpty()) {
                    detailed.append(shown);
                }
            }
        }
        answer.reasoning(plain.isEmpty() ? detailed.toString() : plain, events);
    }

    /**
     * @param weight the number of characters to count towards the limit; 0 for emitted text, which is counted elsewhere
     */
    private void keep(Chunk.ReasoningText piece, int weight, StreamAccumulator answer)
            throws StreamConstraintsException {
        String field = piece.field();
        if (field != null) {
            answer.grow(weight);
            texts.computeIfAbsent(field, name -> new StringBuilder()).append(piece.text());
        }
    }

    private String fragments(Chunk.ReasoningDetails piece, StreamAccumulator answer) throws StreamConstraintsException {
        StringBuilder shown = new StringBuilder();
        for (JsonObject fragment : piece.fragments()) {
            answer.grow(JsonTree.weight(fragment.members()));
            ReasoningFragments list = piece.field().equals(ReasoningFields.DETAILS) ? details : blocks;
            shown.append(list.add(fragment.members()));
        }
        return shown.toString();
    }

    /** Sets the details in a complete message, which replace those of an earlier message. */
    void put(List<Map<String, Object>> whole) {
        if (!whole.isEmpty()) {
            ofMessage = whole;
        }
    }

    /** Adds a content part that contains reasoning. */
    void part(Map<String, Object> part) {
        parts.add(part);
    }

    List<Map<String, Object>> details() {
        List<Map<String, Object>> ofDeltas = details.whole();
        return ofDeltas.isEmpty() ? ofMessage : ofDeltas;
    }

    /** Adds the reasoning that must be sent back to the server, under the server's own names. */
    void addTo(UnknownMembers fields) {
        texts.forEach((name, text) -> fields.putLonger(name, text.toString()));
        List<Map<String, Object>> blocksOfTheMessage = blocks.whole();
        if (!blocksOfTheMessage.isEmpty()) {
            fields.add(ReasoningFields.BLOCKS, blocksOfTheMessage);
        }
        List<Map<String, Object>> reasoningParts = parts.whole();
        if (!reasoningParts.isEmpty()) {
            fields.add("content", reasoningParts);
        }
    }
}
