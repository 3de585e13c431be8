package dev.llmspi.examples.conversation;

import dev.llmspi.examples.show.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/** Input from a terminal that cannot move the cursor. The terminal itself edits the line, and there is no history. */
final class PlainInput implements LineInput {

    private final BufferedReader reader;
    private final PrintStream prompts;
    private final Notes notes;
    private final @Nullable Object before;
    private volatile Runnable onCtrlC = () -> {};
    private volatile boolean waiting;
    private volatile boolean interrupted;

    PlainInput(Terminal terminal, Notes notes) {
        this.reader = new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8));
        this.prompts = terminal.isErrorSeen() ? terminal.err() : terminal.out();
        this.notes = notes;
        this.before = Signals.register("INT", this::ctrlC);
    }

    @Override
    public Optional<String> read() {
        StringBuilder text = new StringBuilder();
        prompt(PROMPT);
        waiting = true;
        try {
            while (true) {
                String line = reader.readLine();
                if (line == null) {
                    notes.newLine(); // after the prompt
                    return Optional.empty();
                }
                if (interrupted) {
                    interrupted = false;
                    text.setLength(0);
                }
                if (!line.endsWith("\\")) {
                    return Optional.of(text.append(line).toString());
                }
                text.append(line, 0, line.length() - 1).append('\n');
                prompt(CONTINUED);
            }
        } catch (IOException e) {
            return Optional.empty();
        } finally {
            waiting = false;
        }
    }

    private void ctrlC() {
        if (waiting) {
            interrupted = true;
            notes.newLine();
            notes.say(HOW_TO_END);
            prompt(PROMPT);
        } else {
            onCtrlC.run();
        }
    }

    private void prompt(String text) {
        prompts.print(text);
        prompts.flush();
    }

    @Override
    public void onCtrlC(Runnable action) {
        onCtrlC = action;
    }

    @Override
    public void close() {
        Signals.unregister("INT", before);
    }
}
