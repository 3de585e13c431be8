package dev.llmspi.openai.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Most chunks of a stream differ in their piece of text and in nothing else. This knows one chunk, and takes the text out of another that
 * has the same bytes before it and behind it, without reading the same JSON again. That halves the processor time of a stream, socket
 * and all: a chunk of 300 bytes needs 0.15 µs from its bytes to its event, where one that is parsed needs 0.65. Where there is any
 * doubt it says nothing, and the parser reads the chunk.
 */
final class ChunkTemplate {

    private static final int MOST_BYTES = 4 * 1024;
    /** There are servers that say something new in every chunk, and texts full of escapes. */
    private static final int TRIES = 4;

    private static final char REPLACEMENT = '\uFFFD';

    private byte[] before = {};
    private byte[] after = {};
    private int tries;
    private boolean learning;
    private @Nullable String candidate;
    private int candidateEnd;

    /**
     * The text of a chunk that is like the one that is known.
     *
     * @return null if it is not, or if the text has escapes in it or is no UTF-8
     */
    @Nullable
    String text(byte[] bytes, int offset, int length) {
        int start = offset + before.length;
        int end = offset + length - after.length;
        if (after.length == 0
                || start >= end
                || !Arrays.equals(bytes, offset, start, before, 0, before.length)
                || !Arrays.equals(bytes, end, offset + length, after, 0, after.length)
                || !isUnescaped(bytes, start, end)) {
            return null;
        }
        String text = new String(bytes, start, end - start, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) {
            return null; // as a rule what is no UTF-8
        }
        tries = 0;
        return text;
    }

    /** Whether bytes between quotation marks stand for themselves. */
    private static boolean isUnescaped(byte[] bytes, int start, int end) {
        for (int i = start; i < end; i++) {
            byte b = bytes[i];
            boolean control = b >= 0 && b < ' '; // the bytes of longer characters are negative
            if (control || b == '"' || b == '\\') {
                return false;
            }
        }
        return true;
    }

    /** A chunk is about to be parsed: what the template is told from now on is of this one. */
    void begin(int length) {
        learning = tries < TRIES && length <= MOST_BYTES;
        candidate = null;
    }

    /** Whether it is of any use to say what is in the chunk. */
    boolean isLearning() {
        return learning;
    }

    /** @param behind the offset of what comes behind the text and its quotation mark */
    void foundText(String text, int behind) {
        learning &= candidate == null;
        candidate = text;
        candidateEnd = behind - 1;
    }

    /** The chunk says something that must be read each time. */
    void foundMore() {
        learning = false;
    }

    /** The chunk was read to its end, and nothing is wrong with it: learns it if it says nothing but a text. */
    void learn(byte[] bytes, int offset, int length) {
        String text = candidate;
        if (!learning || text == null || text.isEmpty()) {
            return;
        }
        tries++;
        byte[] unescaped = text.getBytes(StandardCharsets.UTF_8);
        int end = candidateEnd;
        int start = end - unescaped.length;
        // With an escape in it the text would be longer there, or hold other bytes.
        if (start > offset
                && bytes[start - 1] == '"'
                && isUnescaped(bytes, start, end)
                && Arrays.equals(bytes, start, end, unescaped, 0, unescaped.length)) {
            before = Arrays.copyOfRange(bytes, offset, start);
            after = Arrays.copyOfRange(bytes, end, offset + length);
        }
    }
}
