package dev.llmspi.openai.wire.error;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One or more consecutive words, such as {@code too many request*}. An asterisk matches any ending of its word. Phrases
 * are equal if their words are equal. The hash code is cached because phrases are often looked up in maps.
 */
final class Phrase {

    private final List<Word> words;
    /** The words joined into one name, such as {@code too_many_request}. */
    private final String name;

    private final int hash;

    private Phrase(List<Word> words) {
        this.words = words;
        this.name = words.stream().map(Word::text).collect(Collectors.joining("_"));
        this.hash = words.hashCode();
    }

    /** One word of a phrase. If it is {@code open}, any letters may follow. */
    record Word(String text, boolean open) {

        boolean matches(String token) {
            return open ? token.startsWith(text) : token.equals(text);
        }
    }

    static Phrase of(String text) {
        List<Word> words = new ArrayList<>();
        for (String part : text.strip().split("[\\s_]+")) {
            boolean open = part.endsWith("*");
            List<String> tokens = Sentences.tokens(open ? part.substring(0, part.length() - 1) : part);
            for (int i = 0; i < tokens.size(); i++) {
                words.add(new Word(tokens.get(i), open && i == tokens.size() - 1));
            }
        }
        if (words.isEmpty()) {
            throw new IllegalArgumentException("no word in \"" + text + "\"");
        }
        return new Phrase(List.copyOf(words));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || other instanceof Phrase that && words.equals(that.words);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    Word first() {
        return words.get(0);
    }

    /**
     * Whether the phrase matches the tokens that begin at an index. A name with underscores is matched only by a phrase
     * of several words. It must match the whole name or, if its last word is open, the beginning of the name.
     */
    boolean standsAt(List<String> tokens, int start) {
        if (tokens.get(start).indexOf('_') >= 0) {
            String token = tokens.get(start);
            return words.size() > 1
                    && (words.get(words.size() - 1).open() ? token.startsWith(name) : token.equals(name));
        }
        if (start + words.size() > tokens.size()) {
            return false;
        }
        for (int i = 0; i < words.size(); i++) {
            if (!words.get(i).matches(tokens.get(start + i))) {
                return false;
            }
        }
        return true;
    }
}
