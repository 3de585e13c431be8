package dev.llmspi.openai.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The decoded content of one stream chunk. It is used only after the whole chunk has been decoded, so a malformed chunk
 * changes nothing. One object is reused for all chunks of a stream.
 */
final class Chunk {

    /** Anything in a chunk other than plain text. */
    sealed interface Piece {}

    /** The token usage, wherever the chunk contains it. */
    record UsageMember(JsonObject usage) implements Piece {}

    /** A member of the chunk that is outside its choices. */
    record TopMember(String name, Object value) implements Piece {}

    /** Content that is not a plain string: a list of parts, or one part. */
    record ContentParts(ContentReader content) implements Piece {}

    /**
     * A piece of visible reasoning.
     *
     * @param field the server's name for the member; null if the member is also an {@link UnknownMember}
     */
    record ReasoningText(@Nullable String field, String text) implements Piece {}

    /** Fragments of structured reasoning. */
    record ReasoningDetails(String field, List<JsonObject> fragments) implements Piece {}

    record Refusal(String text) implements Piece {}

    /**
     * A fragment of a tool call.
     *
     * @param index the index sent by the server; -1 if it sent none
     * @param position the position in this chunk's list of tool calls
     * @param fields the unknown members of the tool call
     */
    record ToolFragment(
            int index,
            int position,
            @Nullable String id,
            @Nullable String name,
            String arguments,
            Map<String, Object> fields)
            implements Piece {}

    /** An unknown member of the delta. */
    record UnknownMember(String name, Object value) implements Piece {}

    /** A whole message, which some servers send instead of a delta. */
    record WholeMessage(JsonObject message) implements Piece {}

    record FinishMember(WireFinishReason reason) implements Piece {}

    record NativeFinish(String word) implements Piece {}

    /** One choice in the chunk. A chunk contains a single choice unless the request asked for several. */
    static final class Choice {
        int index;
        /** Whether the server sent the index. If not, the index is the position of the choice in the list. */
        boolean hasIndex;

        /** Whether the choice contains an error. */
        boolean error;

        @Nullable
        String text;

        final List<Piece> pieces = new ArrayList<>(2);
        private boolean hasParts;

        /** Appends text. If the first content of a choice is a plain string, it is stored without creating a piece. */
        void addText(String piece) {
            if (hasContent()) {
                pieces.add(new ContentParts(new ContentReader(piece)));
            } else {
                text = piece;
            }
        }

        /** Appends another choice of the same chunk that has the same index. */
        void append(Choice more) {
            if (more.text != null) {
                addText(more.text);
            }
            pieces.addAll(more.pieces);
            hasParts |= more.hasParts;
        }

        void addContent(ContentReader content) {
            pieces.add(new ContentParts(content));
            hasParts = true;
        }

        boolean hasContent() {
            return text != null || hasParts;
        }

        boolean isEmpty() {
            return text == null && pieces.isEmpty();
        }

        private void clear() {
            hasIndex = false;
            error = false;
            text = null;
            hasParts = false;
            pieces.clear();
        }
    }

    /** The members of the chunk that are outside its choices. */
    final List<Piece> outside = new ArrayList<>(2);

    /** Whether the chunk reports an error. An error takes precedence over everything else in the chunk. */
    boolean error;

    /** The number of choices in the chunk. */
    int choices;

    private Choice best = new Choice();
    private Choice read = new Choice();
    private boolean hasChoice;

    void clear() {
        outside.clear();
        error = false;
        choices = 0;
        hasChoice = false;
    }

    /**
     * Returns an empty choice for the decoder to fill. It becomes part of the chunk when it is {@linkplain #keep kept}.
     *
     * @param position the position of the choice in the list, used as the index unless the server sends one
     */
    Choice nextChoice(int position) {
        choices++;
        read.clear();
        read.index = position;
        return read;
    }

    /** Keeps the most recently decoded choice, which replaces any choice that was kept before. */
    void keep() {
        Choice kept = read;
        read = best;
        best = kept;
        hasChoice = true;
    }

    /** Discards the kept choice, because another choice is selected for the stream. */
    void drop() {
        hasChoice = false;
    }

    /** Returns the selected choice; null if the chunk does not contain it. */
    @Nullable
    Choice choice() {
        return hasChoice ? best : null;
    }

    /** Returns the text of the chunk if the chunk contains nothing else; null otherwise. */
    @Nullable
    String onlyText() {
        boolean only = hasChoice && choices == 1 && best.pieces.isEmpty() && outside.isEmpty() && !error;
        return only ? best.text : null;
    }
}
