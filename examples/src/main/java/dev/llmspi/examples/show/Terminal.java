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

/**
 * Where the program reads and writes, and what the other end can display. Text is UTF-8 whatever the locale, in and out; only
 * the drawing of tables and timelines looks at the locale.
 */
public final class Terminal {

    private static final int DEFAULT_WIDTH = 80;

    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;
    private final String terminals;
    private final String locale;

    /**
     * @param terminals those of the digits 0, 1, 2 whose stream is a terminal
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
        this.out = new PrintStream(new BufferedOutputStream(out, 1 << 14), false, StandardCharsets.UTF_8);
        this.err = new PrintStream(err, true, StandardCharsets.UTF_8);
        this.environment = environment;
        this.terminals = terminals;
        this.locale = locale;
    }

    /** The process's own. The launcher says which streams are terminals; without it, the shell is asked. */
    public static Terminal system() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        String terminals = System.getProperty("llm.tty");
        if (terminals == null) {
            // Not System.console(): from JDK 22 on it is there for pipes too.
            terminals = ask("test -t 1").isPresent() ? "012" : "";
            if (!terminals.isEmpty()) {
                ask("stty size >&2")
                        .map(size -> size.replaceFirst("^\\d+ ", ""))
                        .ifPresent(columns -> environment.putIfAbsent("COLUMNS", columns));
            }
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

    /** For answers. A reader that has gone is no error: what is written then is dropped. */
    public PrintStream out() {
        return out;
    }

    /** For everything that is not an answer. */
    public PrintStream err() {
        return err;
    }

    public Map<String, String> environment() {
        return environment;
    }

    /** Whether somebody could be typing. */
    public boolean isInputTyped() {
        return terminals.contains("0");
    }

    /** Standard input to its end. */
    public String readInput() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    public boolean isOutputSeen() {
        return terminals.contains("1");
    }

    public boolean isErrorSeen() {
        return terminals.contains("2");
    }

    /** What a model wrote must not move the cursor or change the title of somebody's terminal. A pipe gets it all. */
    public static String harmless(String text) {
        return text.replaceAll("[\\p{Cntrl}&&[^\\n\\t]]|[\\u0080-\\u009f]", "");
    }

    public Style outStyle() {
        return style(isOutputSeen());
    }

    public Style errStyle() {
        return style(isErrorSeen());
    }

    /** Columns to fit text into: {@code COLUMNS}, or 80. */
    public int width() {
        return columns() == 0 ? DEFAULT_WIDTH : Math.max(20, columns());
    }

    /** Columns to fit a table into: like {@link #width}, but a file or a pipe gets every character. */
    public int tableWidth() {
        return isOutputSeen() || columns() > 0 ? width() : Integer.MAX_VALUE;
    }

    /** What a command, given our own input and output, writes to its error stream; empty if it fails or there is no shell. */
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

    private Style style(boolean seen) {
        String term = environment.getOrDefault("TERM", "");
        if (!seen || term.equals("dumb")) {
            return Style.PLAIN;
        }
        // https://no-color.org: any value but the empty one.
        boolean colour =
                !term.isEmpty() && environment.getOrDefault("NO_COLOR", "").isEmpty();
        String charset = locale.toLowerCase(Locale.ROOT).replace("-", "");
        return new Style(colour, charset.contains("utf8"));
    }
}
