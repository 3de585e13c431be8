package dev.llmspi.examples.conversation;

import dev.llmspi.examples.show.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The lines that a user types on a terminal. */
interface LineInput extends AutoCloseable {

    String PROMPT = "> ";
    /** The prompt of the second and further lines of one input. */
    String CONTINUED = "  ";

    String HOW_TO_END = "Ctrl-D or /exit ends the conversation.";

    /**
     * Opens the input. It can edit lines and has a history if the terminal can move the cursor; otherwise, the terminal
     * edits the line.
     */
    static LineInput open(Terminal terminal, Notes notes) {
        String type = terminal.environment().getOrDefault("TERM", "");
        if (!type.isEmpty() && !type.equals("dumb")) {
            Optional<Path> history = HistoryFile.prepare(terminal.environment(), notes);
            try {
                return EditedInput.open(terminal, history, notes);
            } catch (IOException | IllegalStateException e) {
                // The commands that JLine uses to control the terminal are missing, as on Windows.
            }
        }
        return new PlainInput(terminal, notes);
    }

    /**
     * Waits for the next input, which may have several lines. Ctrl-C discards what was typed so far and starts again.
     *
     * @return the input; empty if the user ended it with Ctrl-D or the terminal has gone
     */
    Optional<String> read();

    /** Sets what Ctrl-C does while {@link #read} is not waiting. At first, it does nothing. */
    void onCtrlC(Runnable action);

    @Override
    void close();
}
