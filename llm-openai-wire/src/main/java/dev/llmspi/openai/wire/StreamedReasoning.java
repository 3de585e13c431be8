package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.llmspi.api.ChatStreamEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * The reasoning of a stream, under each name the server gives it. The same text may stand under several names: the
 * caller gets it once, and all of them are kept for the server.
 */
final class StreamedReasoning {

    private final Map<String, StringBuilder> texts = new LinkedHashMap<>();
    private final ReasoningFragments details = new ReasoningFragments();
    private final ReasoningFragments blocks = new ReasoningFragments();
    private final ReasoningFragments parts = new ReasoningFragments();
    private List<Map<String, Object>> ofMessage = List.of();

    /**
     * Takes the reasoning of a choice, and gives out the visible text: a plain text if there is one, otherwise the
     * details'.
     */
    void add(Chunk.Choice choice, StreamAccumulator answer, Queue<ChatStreamEvent> events)
            throws StreamConstraintsException {
        String said = "";
        StringBuilder detailed = new StringBuilder();
        for (int i = 0; i < choice.pieces.size(); i++) {
            Chunk.Piece piece = choice.pieces.get(i);
            if (piece instanceof Chunk.ReasoningText text) {
                boolean first = said.isEmpty();
                said = first ? text.text() : said;
                keep(text, first ? 0 : text.text().length(), answer);
            } else if (piece instanceof Chunk.ReasoningDetails fragments) {
                String shown = fragments(fragments, answer);
                if (detailed.isEmpty()) {
                    detailed.append(shown);
                }
            }
        }
        answer.reasoning(said.isEmpty() ? detailed.toString() : said, events);
    }

    /** @param weight what the text adds to the answer, besides what is shown of it */
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

    /** The details of a whole message, in place of those of an earlier one. */
    void put(List<Map<String, Object>> whole) {
        if (!whole.isEmpty()) {
            ofMessage = whole;
        }
    }

    /** A part of the content that holds reasoning. */
    void part(Map<String, Object> part) {
        parts.add(part);
    }

    List<Map<String, Object>> details() {
        List<Map<String, Object>> ofDeltas = details.whole();
        return ofDeltas.isEmpty() ? ofMessage : ofDeltas;
    }

    /** Adds what has to go back to the server under its own names. */
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
