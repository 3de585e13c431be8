package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.llmspi.api.ChatStreamEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * The reasoning of a stream, under each name the server gives it. The same text may stand under several names: the caller gets it
 * once, and all of them are kept for the server.
 */
final class StreamedReasoning {

    private final Map<String, StringBuilder> texts = new LinkedHashMap<>();
    private final ReasoningFragments details = new ReasoningFragments();
    private final ReasoningFragments blocks = new ReasoningFragments();
    private final ReasoningFragments parts = new ReasoningFragments();

    /** Takes the reasoning of a choice, and gives out the visible text: a plain text if there is one, otherwise the details'. */
    void add(Chunk.Choice choice, StreamAccumulator answer, Queue<ChatStreamEvent> events)
            throws StreamConstraintsException {
        String said = "";
        StringBuilder detailed = new StringBuilder();
        for (int i = 0; i < choice.pieces.size(); i++) {
            Chunk.Piece piece = choice.pieces.get(i);
            if (piece instanceof Chunk.ReasoningText text) {
                said = said.isEmpty() ? text.text() : said;
                if (text.field() != null) {
                    texts.computeIfAbsent(text.field(), name -> new StringBuilder())
                            .append(text.text());
                }
            } else if (piece instanceof Chunk.ReasoningDetails fragments) {
                String shown = fragments(fragments, answer);
                if (detailed.isEmpty()) {
                    detailed.append(shown);
                }
            }
        }
        answer.reasoning(said.isEmpty() ? detailed.toString() : said, events);
    }

    private String fragments(Chunk.ReasoningDetails piece, StreamAccumulator answer) throws StreamConstraintsException {
        StringBuilder shown = new StringBuilder();
        for (JsonObject fragment : piece.fragments()) {
            answer.grow(JsonTree.weight(fragment.members()));
            (piece.field().equals(ReasoningFields.DETAILS) ? details : blocks).add(fragment.members());
            shown.append(ReasoningFragments.textOf(fragment.members()));
        }
        return shown.toString();
    }

    /** A part of the content that holds reasoning. */
    void part(Map<String, Object> part) {
        parts.add(part);
    }

    List<Map<String, Object>> details() {
        return details.whole();
    }

    /** Adds what has to go back to the server under its own names. */
    void addTo(UnknownMembers fields) {
        texts.forEach((name, text) -> fields.add(name, text.toString()));
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
