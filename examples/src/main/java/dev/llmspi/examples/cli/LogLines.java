package dev.llmspi.examples.cli;

import java.io.PrintStream;
import java.text.MessageFormat;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The library's log, one line each on standard error: warnings, and with {@code -v} all that the library itself says. */
final class LogLines extends Handler {

    /** Held, for the logging system itself holds loggers weakly. */
    private static final Logger LIBRARY = Logger.getLogger("dev.llmspi");

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
        err.println("llm: " + level + text);
    }

    @Override
    public void flush() {
        err.flush();
    }

    @Override
    public void close() {}
}
