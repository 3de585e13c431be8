package dev.llmspi.openai.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Most chunks of a stream differ in their piece of text and in nothing else. This knows one chunk, and takes the text out of another that
 * has the same bytes before it and behind it, without reading the same JSON again. It bought half of a stream's processor time, socket
 * and all: a chunk of 300 bytes is compared and copied in 0.15 µs where parsing it takes 0.6. Where there is any doubt it says nothing,
 * and the parser reads the chunk.
 */
final class ChunkTemplate {

    private static final int MOST_BYTES = 4 * 1024;
    /** There are servers that say something new in every chunk. */
    private static final int TRIES = 4;

    private byte[] before = {};
    private byte[] after = {};
    private int tries;
    private boolean learning;
    private @Nullable String piece;
    private int end;

    /**
     * The text of a chunk that is like the one that is known.
     *
     * @return null if it is not, or if the text is more than plain ASCII that stands for itself
     */
    @Nullable
    String text(byte[] bytes, int offset, int length) {
        int start = offset + before.length;
        int end = offset + length - after.length;
        if (after.length == 0
                || start >= end
                || !Arrays.equals(bytes, offset, start, before, 0, before.length)
                || !Arrays.equals(bytes, end, offset + length, after, 0, after.length)
                || !isPlain(bytes, start, end)) {
            return null;
        }
        tries = 0;
        return new String(bytes, start, end - start, StandardCharsets.US_ASCII);
    }

    private static boolean isPlain(byte[] bytes, int start, int end) {
        for (int i = start; i < end; i++) {
            // Bytes beyond ASCII are negative.
            if (bytes[i] < ' ' || bytes[i] == '"' || bytes[i] == '\\') {
                return false;
            }
        }
        return true;
    }

    /** A chunk is about to be parsed: what the template is told from now on is of this one. */
    void begin(int length) {
        learning = tries < TRIES && length <= MOST_BYTES;
        piece = null;
    }

    /** Whether it is of any use to say what is in the chunk. */
    boolean isLearning() {
        return learning;
    }

    /** @param behind the offset of what comes behind the text and its quotation mark */
    void foundText(String text, int behind) {
        learning &= piece == null;
        piece = text;
        end = behind - 1;
    }

    /** The chunk says something that must be read each time. */
    void foundMore() {
        learning = false;
    }

    /** The chunk was read to its end, and nothing is wrong with it. */
    void end(byte[] bytes, int offset, int length) {
        String text = piece;
        if (!learning || text == null || text.isEmpty()) {
            return;
        }
        int start = end - text.length();
        // Written as it is, without an escape: else it is not this long, or holds other bytes.
        if (start > offset
                && bytes[start - 1] == '"'
                && isPlain(bytes, start, end)
                && text.equals(new String(bytes, start, text.length(), StandardCharsets.US_ASCII))) {
            before = Arrays.copyOfRange(bytes, offset, start);
            after = Arrays.copyOfRange(bytes, end, offset + length);
            tries++;
        }
    }
}
