package dev.llmspi.openai.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A fast path for chunks that differ from an earlier chunk only in their text, as most chunks of a stream do. If the
 * bytes before and after the text are the same, the text is taken directly from the bytes and the JSON is not parsed.
 * For a chunk of 300 bytes, this takes 0.15 µs instead of 0.65 µs. It halves the CPU time needed for a stream.
 *
 * <p>The decoder does not depend on this class: {@link #text} is called before a chunk is decoded, and {@link #learn}
 * is called after a chunk has been decoded. The position of the text is trusted only after two decoded chunks with
 * different texts have confirmed it. In both chunks, the bytes around this position are equal and the bytes at this
 * position are the decoded text. In case of doubt, {@link #text} returns null and the chunk is decoded.
 */
final class ChunkTemplate {

    private static final int MOST_BYTES = 4 * 1024;
    /** The number of templates to try before giving up on a server whose chunks always differ. */
    private static final int TRIES = 8;

    private static final char REPLACEMENT = '\uFFFD';
    private static final byte[] NOTHING = {};

    private byte[] before = NOTHING;
    private byte[] after = NOTHING;
    private String learned = "";
    private boolean confirmed;
    private int tries;

    /**
     * Returns the text of a chunk that matches the template.
     *
     * @return the text; null if the chunk does not match, or if its text contains escapes or is not UTF-8
     */
    @Nullable
    String text(byte[] bytes, int offset, int length) {
        if (!confirmed) {
            return null;
        }
        String text = between(bytes, offset, length);
        if (text != null) {
            tries = 0;
        }
        return text;
    }

    private @Nullable String between(byte[] bytes, int offset, int length) {
        int start = offset + before.length;
        int end = offset + length - after.length;
        if (start >= end
                || !Arrays.equals(bytes, offset, start, before, 0, before.length)
                || !Arrays.equals(bytes, end, offset + length, after, 0, after.length)
                || !isUnescaped(bytes, start, end)) {
            return null;
        }
        String text = new String(bytes, start, end - start, StandardCharsets.UTF_8);
        // A replacement character usually means that the bytes are not UTF-8, so the decoder must check the chunk.
        return text.indexOf(REPLACEMENT) >= 0 ? null : text;
    }

    /** Whether the bytes of a JSON string contain no quotation mark, escape or control character. */
    private static boolean isUnescaped(byte[] bytes, int start, int end) {
        for (int i = start; i < end; i++) {
            byte b = bytes[i];
            boolean control = b >= 0 && b < ' '; // the bytes of multi-byte characters are negative
            if (control || b == '"' || b == '\\') {
                return false;
            }
        }
        return true;
    }

    /** Learns from a chunk that was just decoded. Only a chunk that contains one text and nothing else is used. */
    void learn(byte[] bytes, int offset, int length, Chunk chunk) {
        if (chunk.choices > 1) {
            stop();
            return;
        }
        String text = chunk.onlyText();
        if (text == null || tries >= TRIES || length > MOST_BYTES || needsEscapes(text)) {
            return;
        }
        if (before.length > 0 && text.equals(between(bytes, offset, length))) {
            confirmed |= !learned.equals(text); // the same text again proves nothing about its position
            return;
        }
        tries++;
        byte[] quoted = ('"' + text + '"').getBytes(StandardCharsets.UTF_8);
        int place = onlyPlace(bytes, offset, offset + length, quoted);
        if (place < 0) {
            return;
        }
        confirmed = false;
        before = Arrays.copyOfRange(bytes, offset, place + 1);
        after = Arrays.copyOfRange(bytes, place + quoted.length - 1, offset + length);
        learned = text;
    }

    /**
     * Stops using templates. Once a stream contains several choices, the index of each choice decides whether it is
     * read, so every chunk must be decoded.
     */
    private void stop() {
        tries = TRIES;
        confirmed = false;
    }

    /** Whether the text contains characters that JSON escapes, so that its bytes cannot be found in the chunk. */
    private static boolean needsEscapes(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                return true;
            }
        }
        return false;
    }

    /** Returns the index of the only occurrence of the bytes; -1 if they do not occur or occur more than once. */
    private static int onlyPlace(byte[] bytes, int start, int end, byte[] wanted) {
        int found = -1;
        for (int i = start; i + wanted.length <= end; i++) {
            if (bytes[i] == '"' && Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                if (found >= 0) {
                    return -1;
                }
                found = i;
            }
        }
        return found;
    }
}
