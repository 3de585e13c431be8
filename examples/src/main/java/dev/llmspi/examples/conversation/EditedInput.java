package dev.llmspi.examples.conversation;

import java.io.IOError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jline.reader.Buffer;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReader.Option;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.TerminalBuilder.SystemOutput;

/**
 * Input with line editing and a history, by JLine. A line that ends with a backslash continues on the next line, as
 * does a line after Alt-Enter. Pasted text keeps its lines.
 */
final class EditedInput implements LineInput {

    private static final int HISTORY_LINES = 1_000;

    private final Terminal tty;
    private final LineReader reader;
    private final String prompt;
    private final Notes notes;
    private volatile Runnable onCtrlC = () -> {};

    private EditedInput(Terminal tty, LineReader reader, String prompt, Notes notes) {
        this.tty = tty;
        this.reader = reader;
        this.prompt = prompt;
        this.notes = notes;
    }

    /**
     * Opens the terminal of this process.
     *
     * @throws IOException if the terminal cannot be controlled
     * @throws IllegalStateException if there is no way to control a terminal on this system
     */
    static EditedInput open(dev.llmspi.examples.show.Terminal terminal, Optional<Path> history, Notes notes)
            throws IOException {
        boolean out = terminal.isOutputSeen();
        Terminal tty = terminal(out ? SystemOutput.SysOut : SystemOutput.SysErr);
        try {
            LineReader reader = reader(tty, history, notes);
            String prompt = (out ? terminal.outStyle() : terminal.errStyle()).bold(PROMPT);
            EditedInput input = new EditedInput(tty, reader, prompt, notes);
            // What is typed while an answer arrives must not appear inside it. It appears at the next prompt.
            tty.echo(false);
            tty.handle(Signal.INT, signal -> input.onCtrlC.run());
            return input;
        } catch (RuntimeException e) {
            tty.close();
            throw e;
        }
    }

    private static Terminal terminal(SystemOutput output) throws IOException {
        // If an output is a pipe, JLine would load a native library to find that out, and newer JVMs warn about that.
        // Reflection fails silently, which is enough.
        System.setProperty(TerminalBuilder.PROP_REDIRECT_PIPE_CREATION_MODE, "reflection");
        // The provider "exec" runs stty. Unlike the others it needs no native library.
        return TerminalBuilder.builder()
                .system(true)
                .systemOutput(output)
                .provider(TerminalBuilder.PROP_PROVIDER_EXEC)
                .dumb(false)
                .encoding(StandardCharsets.UTF_8)
                // Otherwise, JLine sends a query that some terminals show as text.
                .graphemeCluster(false)
                .build();
    }

    private static LineReader reader(Terminal tty, Optional<Path> history, Notes notes) {
        LineReader reader = build(tty, history);
        try {
            reader.getHistory().attach(reader);
        } catch (RuntimeException e) { // a line of the file is not from a history
            history.ifPresent(file -> notes.say("ignoring the history in " + file + ", because it is damaged"));
            reader = build(tty, Optional.empty());
        }
        LineReader built = reader;
        reader.getWidgets().put(LineReader.ACCEPT_LINE, () -> enter(built));
        return reader;
    }

    private static LineReader build(Terminal tty, Optional<Path> history) {
        LineReaderBuilder builder = LineReaderBuilder.builder()
                .terminal(tty)
                .appName("llm")
                .completer(EditedInput::complete)
                // A question may contain an exclamation mark.
                .option(Option.DISABLE_EVENT_EXPANSION, true)
                .option(Option.HISTORY_IGNORE_SPACE, true)
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, CONTINUED)
                .variable(LineReader.HISTORY_SIZE, HISTORY_LINES)
                .variable(LineReader.HISTORY_FILE_SIZE, HISTORY_LINES);
        history.ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
        return builder.build();
    }

    /** Ends the input, or starts another line in place of a backslash. A pasted backslash inside the text is kept. */
    private static boolean enter(LineReader reader) {
        Buffer buffer = reader.getBuffer();
        if (buffer.cursor() == buffer.length() && buffer.prevChar() == '\\') {
            buffer.backspace();
            buffer.write('\n');
        } else {
            reader.callWidget("." + LineReader.ACCEPT_LINE);
        }
        return true;
    }

    /** Completes the name of a command at the start of the line. */
    private static void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        if (line.wordIndex() == 0 && line.word().startsWith("/")) {
            SlashCommand.allWords().stream().map(Candidate::new).forEach(candidates::add);
        }
    }

    @Override
    public Optional<String> read() {
        while (true) {
            try {
                return Optional.of(reader.readLine(prompt));
            } catch (UserInterruptException e) {
                if (e.getPartialLine().isBlank()) {
                    notes.say(HOW_TO_END);
                }
            } catch (EndOfFileException | IOError e) {
                return Optional.empty();
            }
        }
    }

    @Override
    public void onCtrlC(Runnable action) {
        onCtrlC = action;
    }

    @Override
    public void close() {
        try {
            tty.close();
        } catch (IOException e) {
            // The terminal has gone, so there is nothing to restore.
        }
    }
}
