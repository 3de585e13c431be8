package dev.llmspi.openai.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Most chunks of a stream differ in their piece of text and in nothing else. This knows one such chunk, and takes the
 * text out of another with the same bytes before it and behind it, without reading the same JSON again: 0.15 µs instead
 * of 0.65 for a chunk of 300 bytes, half the processor time of a stream. Where there is any doubt it gives nothing, and
 * the parser reads the chunk.
 *
 * <p>It stands beside the decoder, which does not know it. It is asked before a chunk is decoded, and told afterwards
 * which text the chunk held, if the chunk held a piece of text and nothing else. The place of the text is believed only
 * when two chunks in a row agree: then everything around it is the same, and what was decoded changed with it.
 */
final class ChunkTemplate {

    private static final int MOST_BYTES = 4 * 1024;
    /** There are servers that say something new in every chunk, and texts full of escapes. */
    private static final int TRIES = 8;

    private static final char REPLACEMENT = '\uFFFD';
    private static final byte[] NOTHING = {};

    private byte[] before = NOTHING;
    private byte[] after = NOTHING;
    private String learned = "";
    private boolean confirmed;
    private int tries;

    /**
     * The text of a chunk that is like the one that is known.
     *
     * @return null if it is not, or if the text has escapes in it or is not UTF-8
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
        return text.indexOf(REPLACEMENT) >= 0
                ? null
                : text; // such a character mostly stands for bytes that are not UTF-8
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

    /**
     * A chunk was decoded.
     *
     * @param text the text it held, if it held nothing else; null otherwise
     */
    void learn(byte[] bytes, int offset, int length, @Nullable String text) {
        if (text == null || tries >= TRIES || length > MOST_BYTES || needsEscapes(text)) {
            return;
        }
        if (before.length > 0 && text.equals(between(bytes, offset, length))) {
            confirmed |= !learned.equals(text); // the same text again proves nothing
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

    /** No more chunks are to be taken for like others. */
    void stop() {
        tries = TRIES;
        confirmed = false;
    }

    /** Such a text teaches nothing; the next one may be like those before. */
    private static boolean needsEscapes(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                return true;
            }
        }
        return false;
    }

    /** Where the bytes stand; -1 if they stand nowhere or more than once. */
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
