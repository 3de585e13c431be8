package dev.llmspi.examples.cli;

/**
 * Joins the parts of a prompt. Words are joined with spaces. The text of a file or of standard input is a block of its
 * own, with a blank line before and after it, and is not changed.
 */
final class PromptText {

    private final StringBuilder text = new StringBuilder();
    private boolean endsWithBlock;

    void word(String word) {
        if (endsWithBlock) {
            beginBlock();
        } else if (!text.isEmpty()) {
            text.append(' ');
        }
        text.append(word);
        endsWithBlock = false;
    }

    void block(String block) {
        beginBlock();
        text.append(block);
        endsWithBlock = true;
    }

    private void beginBlock() {
        if (!text.isEmpty()) {
            boolean lineEnds = text.charAt(text.length() - 1) == '\n';
            boolean blankLine = lineEnds && text.length() > 1 && text.charAt(text.length() - 2) == '\n';
            text.append(blankLine ? "" : lineEnds ? "\n" : "\n\n");
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
