package dev.llmspi.examples.cli;

import java.util.function.Supplier;

/**
 * A part of the prompt.
 *
 * @param text the text; empty for standard input, which is read last
 */
record PromptPart(Kind kind, String text) {

    private enum Kind {
        WORD,
        BLOCK,
        INPUT
    }

    /** Returns the part for a word of the user: text, or the text of a file if the word is {@code @FILE}. */
    static PromptPart of(String word) {
        if (!word.startsWith("@") || word.equals("@")) {
            return word(word);
        }
        return word.startsWith("@@") ? word(word.substring(1)) : block(InputFile.atWord(word));
    }

    static PromptPart word(String text) {
        return new PromptPart(Kind.WORD, text);
    }

    static PromptPart block(String text) {
        return new PromptPart(Kind.BLOCK, text);
    }

    static PromptPart input() {
        return new PromptPart(Kind.INPUT, "");
    }

    boolean isInput() {
        return kind == Kind.INPUT;
    }

    /** @param input reads standard input */
    void addTo(PromptText prompt, Supplier<String> input) {
        String content = isInput() ? input.get() : text;
        if (kind == Kind.WORD) {
            prompt.word(content);
        } else if (!content.isEmpty()) {
            prompt.block(content);
        }
    }
}
