package dev.llmspi.openai.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The content of one chunk of a stream, before any of it takes effect: a chunk that turns out to be broken changes
 * nothing. One object serves all chunks of a stream.
 */
final class Chunk {

    /** Something in a chunk that is more than a plain piece of text. */
    sealed interface Piece {}

    /** Usage, wherever it stands. */
    record UsageMember(JsonObject usage) implements Piece {}

    /** A member beside the choices. */
    record TopMember(String name, Object value) implements Piece {}

    /** Content that is not a plain text: a list of parts, or one part. */
    record ContentParts(ContentReader content) implements Piece {}

    /**
     * Visible reasoning.
     *
     * @param field the server's name for it; null if the member is kept in another form
     */
    record ReasoningText(@Nullable String field, String text) implements Piece {}

    /** Structured reasoning: fragments of its details. */
    record ReasoningDetails(String field, List<JsonObject> fragments) implements Piece {}

    record Refusal(String text) implements Piece {}

    /**
     * A piece of a tool call.
     *
     * @param index as the server gave it; -1 if it gave none
     * @param position where it stood in its list
     * @param fields members without a name here
     */
    record ToolFragment(
            int index,
            int position,
            @Nullable String id,
            @Nullable String name,
            String arguments,
            Map<String, Object> fields)
            implements Piece {}

    /** A member of the delta without a name here. */
    record UnknownMember(String name, Object value) implements Piece {}

    /** A member {@code message} in a chunk. */
    record WholeMessage(JsonObject message) implements Piece {}

    record FinishMember(WireFinishReason reason) implements Piece {}

    record NativeFinish(String word) implements Piece {}

    /** One answer of the chunk. There is one, unless the request asked for several. */
    static final class Choice {
        int index;
        /** Whether the server gave the index; otherwise it is the place in the list. */
        boolean hasIndex;

        /** Whether an error stands in the choice. */
        boolean error;

        @Nullable
        String text;

        final List<Piece> pieces = new ArrayList<>(2);
        private boolean hasParts;

        /** Adds a text behind what is there; the first one, if nothing but texts came, needs no piece. */
        void addText(String piece) {
            if (hasContent()) {
                pieces.add(new ContentParts(new ContentReader(piece)));
            } else {
                text = piece;
            }
        }

        /** Adds another element of the list that is the same answer. */
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

    /** Members beside the choices. */
    final List<Piece> beside = new ArrayList<>(2);

    /** Whether the chunk reports an error: that decides, whatever else is in the chunk. */
    boolean error;

    /** How many choices the chunk has. */
    int choices;

    private Choice best = new Choice();
    private Choice read = new Choice();
    private boolean hasChoice;

    void clear() {
        beside.clear();
        error = false;
        choices = 0;
        hasChoice = false;
    }

    /**
     * A choice to read into; it counts when it is {@linkplain #keep kept}.
     *
     * @param position where it stands in the list: its index, unless the server gives one
     */
    Choice nextChoice(int position) {
        choices++;
        read.clear();
        read.index = position;
        return read;
    }

    /** Keeps the choice that was read last, in place of one that was kept before. */
    void keep() {
        Choice kept = read;
        read = best;
        best = kept;
        hasChoice = true;
    }

    /** Leaves the kept choice out: it is another answer than ours. */
    void drop() {
        hasChoice = false;
    }

    /** The answer we read; null if the chunk has none. */
    @Nullable
    Choice choice() {
        return hasChoice ? best : null;
    }

    /** The text, if the chunk holds a piece of text and nothing else; otherwise null. */
    @Nullable
    String onlyText() {
        boolean only = hasChoice && choices == 1 && best.pieces.isEmpty() && beside.isEmpty() && !error;
        return only ? best.text : null;
    }
}
