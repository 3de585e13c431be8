package dev.llmspi.examples.cli;

import dev.llmspi.examples.show.VisibleText;
import java.io.PrintStream;
import java.text.MessageFormat;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Prints the library's log to standard error, one line per record. By default, only warnings are printed. With
 * {@code -v}, all levels down to FINE are printed.
 */
final class LogLines extends Handler {

    /** The loggers are stored here, because the logging system only keeps weak references to loggers. */
    private static final Logger LIBRARY = Logger.getLogger("dev.llmspi");

    private static final Logger CALLS = Logger.getLogger("dev.llmspi.call");
    /** Reports cooldowns, which mean nothing to a program that ends after one call. */
    private static final Logger HEALTH = Logger.getLogger("dev.llmspi.health");

    private final PrintStream err;

    private LogLines(PrintStream err) {
        this.err = err;
    }

    static void install(PrintStream err, boolean verbose) {
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        root.setLevel(Level.WARNING);
        root.addHandler(new LogLines(err));
        LIBRARY.setLevel(verbose ? Level.FINE : Level.WARNING);
        HEALTH.setLevel(Level.OFF);
    }

    /** Leaves out the attempts, for a command that lists them itself. */
    static void withoutCalls() {
        CALLS.setLevel(Level.WARNING);
    }

    static void silence() {
        LogManager.getLogManager().reset();
    }

    @Override
    public void publish(LogRecord log) {
        String text = log.getMessage();
        if (log.getParameters() != null && log.getParameters().length > 0) {
            text = MessageFormat.format(text, log.getParameters());
        }
        String level = log.getLevel().intValue() >= Level.WARNING.intValue() ? "warning: " : "";
        err.println("llm: " + level + VisibleText.line(text));
    }

    @Override
    public void flush() {
        err.flush();
    }

    @Override
    public void close() {}
}
