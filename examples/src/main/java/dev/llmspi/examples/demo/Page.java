package dev.llmspi.examples.demo;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.examples.show.KindName;
import dev.llmspi.examples.show.Style;
import dev.llmspi.examples.show.Table;
import dev.llmspi.examples.show.Terminal;
import dev.llmspi.examples.show.Time;
import dev.llmspi.examples.show.Timeline;
import java.io.PrintStream;
import java.util.List;

/** Prints the scenes for human readers and counts the attempts shown. */
final class Page {

    private static final String INDENT = "   ";
    private static final int LABEL = 10;

    private final PrintStream out;
    private final Style style;
    private final int width;
    private int reported;

    Page(Terminal terminal) {
        this.out = terminal.out();
        this.style = terminal.outStyle();
        this.width = Math.min(78, terminal.width());
    }

    void title(int number, String title, String explanation) {
        out.println();
        out.println(style.bold(style.cyan(number + (number < 10 ? "  " : " ") + title)));
        say(explanation);
        out.println();
        // Flushing shows the explanation before the scene starts, because playing the scene takes a moment.
        out.flush();
    }

    /** Prints an indented paragraph. */
    void say(String text) {
        Table.wrap(text, width - INDENT.length()).forEach(line -> out.println(INDENT + line));
    }

    /** Prints a paragraph without indentation. */
    void sayAtMargin(String text) {
        Table.wrap(text, width).forEach(out::println);
    }

    /** Prints an indented paragraph after a label. */
    void say(String label, String text) {
        beginLine(label);
        List<String> lines = Table.wrap(text, width - INDENT.length() - LABEL);
        out.println(String.join("\n" + INDENT + " ".repeat(LABEL), lines));
    }

    /** Begins a line that {@link #piece} continues. */
    void beginLine(String label) {
        out.print(INDENT + style.dim(label) + " ".repeat(LABEL - label.length()));
    }

    /** Prints a piece of streamed text and flushes it. */
    void piece(String text) {
        out.print(text);
        out.flush();
    }

    void endLine() {
        out.println();
    }

    void attempts(List<Attempt> attempts) {
        new Timeline(style, width).lines(attempts).forEach(out::println);
        out.println();
        reported += (int) attempts.stream()
                .filter(attempt -> attempt.sent() && attempt.outcome() != Attempt.Outcome.SKIPPED)
                .count();
    }

    void error(LlmException error) {
        int attempts = error.attempts().size();
        String details = "kind " + KindName.of(error.kind())
                + (error.status().isPresent() ? ", status " + error.status().getAsInt() : "")
                + ", provider " + error.provider()
                + error.retryAfter()
                        .map(wait -> ", retry after " + Time.of(wait))
                        .orElse("")
                + ", " + attempts + (attempts == 1 ? " attempt" : " attempts");
        out.println(INDENT + style.bold(style.red(error.getClass().getSimpleName())));
        say(details);
        error.partial().ifPresent(partial -> say("delivered before the error: \"" + partial.text() + "\""));
    }

    /** Returns how many of the attempts shown so far sent a request. */
    int reported() {
        return reported;
    }

    void flush() {
        out.flush();
    }
}
