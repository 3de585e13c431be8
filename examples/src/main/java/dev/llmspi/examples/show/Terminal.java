package dev.llmspi.examples.show;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The program's input and outputs and their capabilities. Text is always read and written as UTF-8. The locale only
 * determines whether tables and timelines use non-ASCII characters.
 */
public final class Terminal {

    private static final int DEFAULT_WIDTH = 80;

    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;
    private final String terminals;
    private final String locale;
    private final StatusLine status;
    private final ProgramOutput output;

    /**
     * @param terminals the file descriptors that are terminals, as a string of the digits 0, 1 and 2
     * @param locale the name of the locale, such as {@code en_US.UTF-8}
     */
    public Terminal(
            InputStream in,
            OutputStream out,
            OutputStream err,
            Map<String, String> environment,
            String terminals,
            String locale) {
        this.in = in;
        this.environment = environment;
        this.terminals = terminals;
        this.locale = locale;
        this.status = new StatusLine(err, errStyle(), width(), isErrorSeen(), understandsEscapes());
        this.output = new ProgramOutput(out, status);
        this.out = new PrintStream(new BufferedOutputStream(output, 1 << 14), false, StandardCharsets.UTF_8);
        this.err = new PrintStream(new ProgramOutput(err, status), true, StandardCharsets.UTF_8);
    }

    /**
     * Returns the terminal of this process. The launcher tells which streams are terminals. Without the launcher, a
     * shell checks this.
     */
    public static Terminal system() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        String terminals = System.getProperty("llm.tty");
        if (terminals == null) {
            // System.console() is not used, because since JDK 22 it also exists for pipes.
            terminals = ask("test -t 1").isPresent() ? "012" : "";
            if (!terminals.isEmpty()) {
                ask("stty size >&2")
                        .map(size -> size.replaceFirst("^\\d+ ", ""))
                        .ifPresent(columns -> environment.putIfAbsent("COLUMNS", columns));
            }
        } else if (terminals.equals("console")) {
            terminals = hasConsole() ? "012" : "";
        }
        String locale = environment.getOrDefault("LANG", "C");
        for (String name : new String[] {"LC_CTYPE", "LC_ALL"}) {
            String value = environment.getOrDefault(name, "");
            locale = value.isEmpty() ? locale : value;
        }
        return new Terminal(
                System.in,
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                environment,
                terminals,
                System.getProperty("llm.locale", locale));
    }

    /**
     * Returns whether standard input and output are the console. The launcher for Windows cannot find that out, but
     * Java can, if the launcher sets jdk.console to java.base.
     */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean hasConsole() {
        return System.console() != null;
    }

    /**
     * Returns standard output, which is only used for answers. It hides failures; {@link #lostOutput} reports them when
     * the program ends.
     */
    public PrintStream out() {
        return out;
    }

    /** Returns standard error, which is used for everything except answers. */
    public PrintStream err() {
        return err;
    }

    /** Returns the line that says what the program is doing. Only a person at standard error sees it. */
    public StatusLine status() {
        return status;
    }

    /**
     * Flushes standard output, and returns why a part of it could not be written. Empty if all was written, or if the
     * reader has closed it.
     */
    public Optional<String> lostOutput() {
        out.flush();
        return output.lost();
    }

    public Map<String, String> environment() {
        return environment;
    }

    /** Returns whether standard input is a terminal. */
    public boolean isInputTyped() {
        return terminals.contains("0");
    }

    /** Returns whether standard input is a pipe or a file, and not a device such as {@code /dev/null}. */
    public boolean isInputPipeOrFile() {
        return !isInputTyped() && (in != System.in || ProcessInput.isPipeOrFile());
    }

    /** Returns standard input. */
    public InputStream in() {
        return in;
    }

    public boolean isOutputSeen() {
        return terminals.contains("1");
    }

    public boolean isErrorSeen() {
        return terminals.contains("2");
    }

    /** Returns a model's text as standard output may show it. A file or pipe gets the text unchanged. */
    public String answer(String text) {
        return isOutputSeen() ? VisibleText.of(text) : text;
    }

    /** Returns a model's text as standard error may show it. A file or pipe gets the text unchanged. */
    public String remark(String text) {
        return isErrorSeen() ? VisibleText.of(text) : text;
    }

    /** Returns {@link #answer} for a text that arrives in parts. */
    public UnaryOperator<String> answerParts() {
        return isOutputSeen() ? new VisibleText()::next : UnaryOperator.identity();
    }

    /** Returns {@link #remark} for a text that arrives in parts. */
    public UnaryOperator<String> remarkParts() {
        return isErrorSeen() ? new VisibleText()::next : UnaryOperator.identity();
    }

    public Style outStyle() {
        return style(isOutputSeen());
    }

    public Style errStyle() {
        return style(isErrorSeen());
    }

    /** Returns the width for text, which is {@code COLUMNS} or else 80. */
    public int width() {
        return columns() == 0 ? DEFAULT_WIDTH : Math.max(20, columns());
    }

    /**
     * Returns the width for tables. It equals {@link #width}, but is unlimited for a file or pipe, where nothing is
     * truncated.
     */
    public int tableWidth() {
        return isOutputSeen() || columns() > 0 ? width() : Integer.MAX_VALUE;
    }

    /**
     * Runs a shell command with this process's input and output. Returns what the command writes to standard error, or
     * empty if it fails or there is no shell.
     */
    private static Optional<String> ask(String command) {
        try {
            Process shell = new ProcessBuilder("sh", "-c", command)
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String answer = new String(shell.getErrorStream().readAllBytes(), StandardCharsets.US_ASCII);
            return shell.waitFor() == 0 ? Optional.of(answer.strip()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private int columns() {
        String columns = environment.getOrDefault("COLUMNS", "");
        return columns.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(columns) : 0;
    }

    private boolean understandsEscapes() {
        String term = environment.getOrDefault("TERM", "");
        return !term.isEmpty() && !term.equals("dumb");
    }

    private Style style(boolean seen) {
        if (!seen || environment.getOrDefault("TERM", "").equals("dumb")) {
            return Style.PLAIN;
        }
        // According to https://no-color.org, any non-empty value disables colour.
        boolean colour =
                understandsEscapes() && environment.getOrDefault("NO_COLOR", "").isEmpty();
        String charset = locale.toLowerCase(Locale.ROOT).replace("-", "");
        return new Style(colour, charset.contains("utf8"));
    }
}
