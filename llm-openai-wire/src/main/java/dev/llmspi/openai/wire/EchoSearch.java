package dev.llmspi.openai.wire;

import dev.llmspi.api.Cancellation;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the parts of a server's text that repeat texts of the request. The server's text is indexed, and each text of
 * the request is read once, without being copied as a whole.
 */
final class EchoSearch {

    /** The length from which a piece of a prompt counts. This many equal characters cannot be a coincidence. */
    static final int PIECE = 20;
    /** The length of the pieces that are looked up. */
    private static final int GRAM = 8;
    /** The distance between pieces of the prompt that are looked up, which is half of their length. */
    private static final int STEP = GRAM / 2;
    /** Each piece of at least this length contains a piece that is looked up. */
    private static final int SHORTEST = GRAM + STEP - 1;
    /** A piece with fewer letters and digits may be missed in a search for letters and digits alone. */
    private static final int FEW_LETTERS = SHORTEST + STEP;
    /** The number of characters of a prompt that are read at once. */
    private static final int CHUNK = 16 * 1024;
    /** The number of characters that two chunks share, so that no piece is lost between them. */
    private static final int OVERLAP = 256;

    private static final int MOST_REMEMBERED = 10_000;

    private final List<TextReading> readings;
    private final char[] text;
    private final int[] begins;
    private final int[] ends;
    private final int length;
    /** A filter for the pieces of the server's text, with one bit for each hash. */
    private final long[] grams;

    private final int shift;
    private final Skeleton prompt;
    private char[] chunk = {};
    /** The hashes of the prompts' parts that were compared. Prompts often repeat themselves. */
    private final Set<Long> compared = new HashSet<>();

    private @Nullable SuffixAutomaton automaton;

    EchoSearch(List<TextReading> readings, Skeleton.Kind kind) {
        this.readings = readings;
        this.prompt = new Skeleton(kind);
        int most = readings.stream()
                .mapToInt(reading -> reading.text().length() + 1)
                .sum();
        this.text = new char[most];
        this.begins = new int[most];
        this.ends = new int[most];
        int count = 0;
        for (TextReading reading : readings) {
            prompt.readSeparated(reading.text());
            for (int i = 0; i < prompt.length(); i++) {
                text[count] = prompt.chars()[i];
                begins[count] = reading.begin(prompt.begin(i));
                ends[count++] = reading.end(prompt.end(i) - 1);
            }
            text[count++] = Skeleton.SEPARATOR;
        }
        this.length = count;
        int bits = Math.max(10, 37 - Integer.numberOfLeadingZeros(count));
        this.shift = Long.SIZE - bits;
        this.grams = new long[1 << bits - 6];
        for (int i = 0; i + GRAM <= length; i++) {
            int bit = bit(block(text, i), block(text, i + STEP));
            grams[bit >> 6] |= 1L << bit;
        }
    }

    /** Returns four characters as one number. */
    private static long block(char[] chars, int at) {
        return chars[at] | (long) chars[at + 1] << 16 | (long) chars[at + 2] << 32 | (long) chars[at + 3] << 48;
    }

    private int bit(long first, long second) {
        return (int) ((first * 0x5DEECE66DL + second) * 0x9E3779B97F4A7C15L >>> shift);
    }

    private boolean mayContain(long first, long second) {
        int bit = bit(first, second);
        return (grams[bit >> 6] & 1L << bit) != 0;
    }

    /**
     * Searches for pieces of a text of the request, unless the call has ended.
     *
     * @return whether the server's text may contain a piece of it
     */
    boolean search(String said, Cancellation ended) {
        boolean similar = false;
        int end = 0;
        for (int from = 0; end < said.length() && !ended.isCancelled(); from += CHUNK - OVERLAP) {
            end = Math.min(said.length(), from + CHUNK);
            chunk = chunk.length < end - from ? new char[end - from] : chunk;
            said.getChars(from, end, chunk, 0);
            prompt.read(chunk, end - from);
            similar |= search(end - from);
        }
        return similar;
    }

    private boolean search(int end) {
        boolean similar = false;
        char[] chars = prompt.chars();
        int length = prompt.length();
        int first = -1;
        int at = 0;
        long next = length < GRAM ? 0 : block(chars, 0);
        for (; at + GRAM <= length; at += STEP) {
            long block = next;
            next = block(chars, at + STEP);
            if (mayContain(block, next)) {
                first = first < 0 ? at : first;
            } else if (first >= 0) {
                similar |= compare(first, at - STEP, end);
                first = -1;
            }
        }
        boolean last = first >= 0 && compare(first, at - STEP, end);
        return similar || last;
    }

    /**
     * Compares a part of the prompt, all of whose pieces seem to occur in the server's text.
     *
     * @return whether the part is so long that it counts
     */
    private boolean compare(int first, int last, int end) {
        int from = Math.max(0, first - STEP + 1);
        int to = Math.min(prompt.length(), last + SHORTEST);
        if (to - from < SHORTEST || !isLong(from, to, end)) {
            return false;
        }
        if (!compared.add(hash(from, to))) {
            return true;
        }
        if (compared.size() > MOST_REMEMBERED) {
            compared.clear();
        }
        SuffixAutomaton pieces = automaton;
        if (pieces == null) {
            automaton = pieces = new SuffixAutomaton(text, length);
        }
        pieces.restart();
        for (int i = from; i < to; i++) {
            pieces.read(prompt.chars()[i]);
            int piece = pieces.longestPiece();
            while (piece >= GRAM && isLong(i + 1 - piece, i + 1, end)) {
                piece = pieces.markPiece();
            }
        }
        return true;
    }

    private long hash(int from, int to) {
        long hash = (long) to - from;
        for (int i = from; i < to; i++) {
            hash = hash * 0x5DEECE66DL + prompt.chars()[i];
        }
        return hash;
    }

    /** Whether a part of the prompt, with the signs around it, is long enough. Adjacent blanks count once. */
    private boolean isLong(int from, int to, int end) {
        int length = to - from;
        for (int i = from; i < to && length < PIECE; i++) {
            length += Character.isIdeographic(prompt.chars()[i]) ? 1 : 0; // ten of them are as much as a line of words
        }
        if (length >= PIECE) {
            return true;
        }
        int begin = from == 0 ? 0 : prompt.end(from - 1);
        int stop = to == prompt.length() ? end : prompt.begin(to);
        int count = 0;
        for (int i = begin; i < stop && stop - i + count >= PIECE; i++) {
            count += chunk[i] > ' ' || i == begin || chunk[i - 1] > ' ' ? 1 : 0;
            if (count >= PIECE) {
                return true;
            }
        }
        return false;
    }

    /** Searches for a whole text, which may be shorter than a piece. It must not begin or end within a word. */
    void searchWhole(String said, BitSet echoed) {
        prompt.read(said);
        int count = prompt.length();
        if (count < GRAM || !mayContain(block(prompt.chars(), 0), block(prompt.chars(), STEP))) {
            return;
        }
        for (int i = 0; i + count <= length; i++) {
            boolean same = true;
            for (int j = 0; j < count && same; j++) {
                same = text[i + j] == prompt.chars()[j];
            }
            if (same && !continues(i - 1) && !continues(i + count - 1)) {
                echoed.set(begins[i], ends[i + count - 1]);
            }
        }
    }

    /** Whether a word continues after a character. */
    private boolean continues(int i) {
        return i >= 0
                && i + 1 < length
                && Character.isLetterOrDigit(text[i])
                && Character.isLetterOrDigit(text[i + 1])
                && begins[i + 1] < ends[i] + 1;
    }

    /** Adds the parts of the server's text in which pieces were found. */
    void addFound(BitSet echoed) {
        if (automaton == null) {
            return;
        }
        int[] marked = automaton.marked();
        int left = 0;
        for (int i = length - 1; i >= 0; i--) {
            left = Math.max(left, marked[i]);
            if (left > 0) {
                echoed.set(begins[i], ends[i]);
                if (left > 1) {
                    echoed.set(begins[i - 1], ends[i]);
                }
                left--;
            }
        }
    }

    /**
     * Whether a part of the text has so few letters and digits that a piece of a prompt may not have been found in it.
     */
    boolean hasFewLetters(BitSet echoed) {
        for (TextReading reading : readings) {
            String said = reading.text();
            boolean[] letters = new boolean[PIECE]; // of the last characters; adjacent blanks count once
            int count = 0;
            int read = 0;
            for (int i = 0; i < said.length(); i++) {
                char c = said.charAt(i);
                if (echoed.get(reading.begin(i)) || c == Skeleton.SEPARATOR) {
                    letters = new boolean[PIECE];
                    read = count = 0;
                } else if (c > ' ' || i > 0 && said.charAt(i - 1) > ' ') {
                    count -= letters[read % PIECE] ? 1 : 0;
                    letters[read % PIECE] = Character.isLetterOrDigit(c);
                    count += letters[read % PIECE] ? 1 : 0;
                    if (++read >= PIECE && count < FEW_LETTERS) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
