package dev.llmspi.examples.conversation;

import dev.llmspi.examples.show.Style;
import dev.llmspi.examples.show.Table;
import dev.llmspi.examples.show.Terminal;
import dev.llmspi.examples.show.VisibleText;
import java.io.PrintStream;

/** Prints what the program itself says in a conversation. It goes to standard error, wrapped at the width. */
final class Notes {

    private final Terminal terminal;

    Notes(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Prints one paragraph, which may contain text from a server or a file. */
    void say(String text) {
        print("llm: ", text);
    }

    /** Prints a paragraph whose lines are indented after a label. */
    void print(String label, String text) {
        PrintStream err = terminal.err();
        Style style = terminal.errStyle();
        String margin = label;
        for (String line : Table.wrap(VisibleText.line(text), terminal.width() - label.length())) {
            err.println(style.dim(margin + line));
            margin = " ".repeat(label.length());
        }
    }

    /** Ends a line on which the terminal has shown {@code ^C}. */
    void newLine() {
        if (terminal.isErrorSeen()) {
            terminal.err().println();
        }
    }
}
