package dev.llmspi.examples.show;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A line on a terminal that says what the program is doing at the moment. The next text replaces it in place, and it
 * disappears before the program prints anything else. A terminal that does not understand escape sequences gets a line
 * of its own for each text. Safe for use by many threads.
 */
public final class StatusLine {

    private static final String ERASE = "\r\u001b[K";

    private final OutputStream terminal;
    private final Style style;
    private final int width;
    private final boolean seen;
    private final boolean inPlace;
    private String shown = "";
    private boolean current;

    /**
     * @param seen whether the output is a terminal; otherwise nothing is ever shown
     * @param inPlace whether the terminal understands the escape sequence that erases a line
     */
    StatusLine(OutputStream terminal, Style style, int width, boolean seen, boolean inPlace) {
        this.terminal = terminal;
        this.style = style;
        this.width = width;
        this.seen = seen;
        this.inPlace = inPlace;
    }

    /** Returns whether anyone can see the line. */
    public boolean isSeen() {
        return seen;
    }

    /** Shows a text, which may be empty. Until the program prints something else, {@link #update} can replace it. */
    public synchronized void show(String text) {
        current = true;
        draw(text);
    }

    /** Like {@link #show}, but shows nothing on a terminal that cannot replace a line. */
    public synchronized void showInPlace(String text) {
        current = true;
        if (inPlace) {
            draw(text);
        }
    }

    /**
     * Replaces the text, unless the program has printed something else since {@link #show}. It does nothing on a
     * terminal that cannot replace a line.
     */
    public synchronized void update(String text) {
        if (current && inPlace && !text.equals(shown)) {
            draw(text);
        }
    }

    /** Removes the line. */
    public synchronized void clear() {
        current = false;
        draw("");
    }

    private void draw(String text) {
        if (!seen || text.isEmpty() && shown.isEmpty()) {
            return;
        }
        if (inPlace) {
            // The last column stays empty, because some terminals start a new line when it is filled.
            write(ERASE + style.dim(style.cut(VisibleText.line(text), width - 1)));
            shown = text;
        } else if (!text.isEmpty()) {
            write("llm: " + VisibleText.line(text) + "\n");
        }
    }

    private void write(String text) {
        try {
            terminal.write(text.getBytes(StandardCharsets.UTF_8));
            terminal.flush();
        } catch (IOException e) {
            // The program's work does not depend on this line, and there is no other place to report the failure.
        }
    }
}
