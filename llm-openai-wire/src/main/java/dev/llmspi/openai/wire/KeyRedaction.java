package dev.llmspi.openai.wire;

import java.util.regex.Pattern;

/** Removes an API key, and the parts of it that servers display, from a server's text. */
final class KeyRedaction {

    static final String HIDDEN = "***";

    /** The length of the key pieces to search for. Many servers mask only the middle of a key and display the rest. */
    private static final int PIECE = 6;
    /**
     * The length of a piece that may consist of common words. Placeholder keys such as "no-key-required" consist of
     * words that error messages use too, so a single common word is not enough.
     */
    private static final int PIECE_OF_WORDS = 2 * PIECE;
    /**
     * The minimum length of a key whose pieces are removed. Pieces of a shorter key cannot be distinguished from other
     * text, and model names may contain such a key, for example "ollama".
     */
    private static final int SHORTEST_WITH_PIECES = 2 * PIECE;

    private static final int SHORTEST_IN_A_WORD = 8;

    private static final Pattern GAP = Pattern.compile("\\*{2,}|\\.{2,}|…");
    private static final Pattern END_OF_SENTENCE = Pattern.compile("[.!?]+$");

    private KeyRedaction() {}

    /**
     * Removes the whole key. A key of fewer than eight characters may be part of an ordinary word, so it is removed
     * only where it is a separate word.
     */
    static String withoutKey(String text, String key) {
        return key.length() < SHORTEST_IN_A_WORD ? withoutWord(text, key) : text.replace(key, HIDDEN);
    }

    /**
     * Removes the whole key from a name or an ID. Model names may contain longer keys too, such as {@code lm-studio},
     * so a key of fewer than twelve characters is removed only where it is a separate word.
     */
    static String withoutKeyInName(String name, String key) {
        return key.length() < SHORTEST_WITH_PIECES ? withoutWord(name, key) : name.replace(key, HIDDEN);
    }

    /** Removes the words that reveal a part of the key. */
    static String withoutPieces(String text, String key) {
        if (key.length() < SHORTEST_WITH_PIECES) {
            return text;
        }
        StringBuilder kept = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int end = i;
            while (end < text.length() && isKeyChar(text.charAt(end))) {
                end++;
            }
            if (end == i) {
                kept.append(text.charAt(i++));
            } else {
                String word = text.substring(i, end);
                kept.append(showsPiece(word, key) || showsEnds(word, key) ? HIDDEN : word);
                i = end;
            }
        }
        return kept.toString();
    }

    private static boolean showsPiece(String word, String key) {
        for (int i = 0; i + PIECE <= word.length(); i++) {
            String piece = word.substring(i, i + PIECE);
            if (key.contains(piece)) {
                int longer = i + PIECE_OF_WORDS;
                if (!isCommonWord(piece) || longer <= word.length() && key.contains(word.substring(i, longer))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether a piece looks like a word: all upper or all lower case, or capitalised, possibly with punctuation. */
    private static boolean isCommonWord(String piece) {
        boolean upper = false;
        boolean lower = false;
        for (int i = 0; i < piece.length(); i++) {
            char c = piece.charAt(i);
            if (c >= '0' && c <= '9' || c == '+' || c == '/' || c == '=') {
                return false;
            }
            lower |= c >= 'a' && c <= 'z';
            upper |= i > 0 && c >= 'A' && c <= 'Z';
        }
        return !(upper && lower);
    }

    /** Whether the word is a masked key such as {@code sk-p****f3a9}, which reveals the beginning or end of the key. */
    private static boolean showsEnds(String word, String key) {
        String[] parts = GAP.split(END_OF_SENTENCE.matcher(word).replaceFirst(""), -1);
        if (parts.length == 1) { // the dots in "sk-p..." were removed as the end of a sentence
            return GAP.matcher(word).find() && endsWithBeginning(parts[0], key);
        }
        String last = parts[parts.length - 1];
        return endsWithBeginning(parts[0], key) || last.length() >= 3 && key.endsWith(last);
    }

    private static boolean endsWithBeginning(String part, String key) {
        for (int i = 0; i + 2 <= part.length(); i++) {
            if ((i == 0 || !Character.isLetterOrDigit(part.charAt(i - 1))) && key.startsWith(part.substring(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isKeyChar(char c) {
        return c > ' ' && "\"'`()<>{}[],;:=".indexOf(c) < 0 && !ToolCallIdMarks.isMark(c);
    }

    private static String withoutWord(String text, String word) {
        StringBuilder kept = new StringBuilder(text.length());
        int copied = 0;
        for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at)) {
            int end = at + word.length();
            if (joins(text, at - 1, -1) || joins(text, end, 1)) {
                at++;
            } else {
                kept.append(text, copied, at).append(HIDDEN);
                copied = at = end;
            }
        }
        return kept.append(text, copied, text.length()).toString();
    }

    /** Whether the word continues at {@code i} with a letter, a digit or punctuation, as in "ollama/llama3". */
    private static boolean joins(String text, int i, int step) {
        return isWordChar(text, i)
                || i >= 0 && i < text.length() && "-_/.".indexOf(text.charAt(i)) >= 0 && isWordChar(text, i + step);
    }

    private static boolean isWordChar(String text, int i) {
        if (i < 0 || i >= text.length()) {
            return false;
        }
        char c = text.charAt(i);
        return Character.isLetterOrDigit(c) && !Character.isIdeographic(c); // Chinese puts no spaces between words
    }
}
