package dev.llmspi.openai.wire.error;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Splits a text into sentences of lower-case words. A word is a sequence of letters and digits, or a single Chinese
 * character. An apostrophe inside a word belongs to the word. A lower-case name with underscores, such as
 * {@code get_account_balance}, is one word, because the name of a tool or field says nothing about the error. A name in
 * capitals, such as {@code INVOCATION_TIMEOUT}, is a code and is split into its words.
 */
final class Sentences {

    private final List<List<String>> sentences = new ArrayList<>();
    private List<String> current = new ArrayList<>();

    private Sentences() {}

    static List<List<String>> of(String text) {
        Sentences result = new Sentences();
        result.read(text);
        result.endSentence();
        return result.sentences;
    }

    /** Returns the words of all sentences in a text. */
    static List<String> tokens(String text) {
        List<String> tokens = new ArrayList<>();
        of(text).forEach(tokens::addAll);
        return tokens;
    }

    private void read(String original) {
        String text = original.replace('’', '\'');
        int start = -1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isWordSign(c) || start >= 0 && joins(text, i)) {
                start = start < 0 ? i : start;
                continue;
            }
            if (start >= 0) {
                add(text.substring(start, i));
                start = -1;
            }
            if (isIdeograph(c)) {
                current.add(String.valueOf(c));
            } else if (endsSentence(text, i)) {
                endSentence();
            }
        }
        if (start >= 0) {
            add(text.substring(start));
        }
    }

    private void add(String word) {
        current.add(word.toLowerCase(Locale.ROOT));
    }

    /** Whether the character after a word joins this word with the next one. */
    private static boolean joins(String text, int at) {
        char c = text.charAt(at);
        return (c == '\'' || c == '_' && !Character.isUpperCase(text.charAt(at - 1)))
                && at + 1 < text.length()
                && isWordSign(text.charAt(at + 1));
    }

    private void endSentence() {
        if (!current.isEmpty()) {
            sentences.add(current);
            current = new ArrayList<>();
        }
    }

    private static boolean isWordSign(char c) {
        return Character.isLetterOrDigit(c) && !isIdeograph(c);
    }

    private static boolean isIdeograph(char c) {
        return c >= '\u3400' && c <= '\u9FFF';
    }

    /** Whether the character at an index ends a sentence. A full stop inside a number or name does not. */
    private static boolean endsSentence(String text, int at) {
        return switch (text.charAt(at)) {
            case '\n', '。', '！', '？' -> true;
            case '.', '!', '?', ';' -> at + 1 == text.length() || Character.isWhitespace(text.charAt(at + 1));
            default -> false;
        };
    }
}
