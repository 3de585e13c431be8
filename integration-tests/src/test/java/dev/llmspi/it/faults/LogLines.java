package dev.llmspi.it.faults;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Captures all log messages between its creation and its closing, including those of libraries, at all levels. None of
 * them appears on the console.
 */
public final class LogLines extends Handler implements AutoCloseable {

    private static final Logger ROOT = Logger.getLogger("");
    private static final String LIBRARY = "dev.llmspi";

    private final Level before = ROOT.getLevel();
    private final Handler[] handlers = ROOT.getHandlers();
    /** The log lines of this project, in the form {@code LEVEL logger message}. */
    private final List<String> lines = new ArrayList<>();

    private final StringWriter all = new StringWriter();

    public LogLines() {
        for (Handler handler : handlers) {
            ROOT.removeHandler(handler);
        }
        ROOT.setLevel(Level.ALL);
        ROOT.addHandler(this);
    }

    @Override
    public synchronized void publish(LogRecord entry) {
        String line = entry.getLevel() + " " + entry.getLoggerName() + " " + entry.getMessage();
        if (String.valueOf(entry.getLoggerName()).startsWith(LIBRARY)) {
            lines.add(line);
        }
        PrintWriter writer = new PrintWriter(all, true);
        writer.println(line);
        if (entry.getThrown() != null) {
            entry.getThrown().printStackTrace(writer);
        }
        notifyAll();
    }

    /** Returns the log lines that this project has written so far and that match the filter. */
    public synchronized List<String> matching(Predicate<String> filter) {
        return lines.stream().filter(filter).toList();
    }

    /** Returns everything that was logged so far, including stack traces. */
    public synchronized String text() {
        return all.toString();
    }

    /** Waits until the given number of log lines contain the text, and returns these lines. */
    public synchronized List<String> await(int count, String text) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (matching(line -> line.contains(text)).size() < count) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError("waited in vain for " + count + " lines with \"" + text + "\" among " + lines);
            }
            wait(left);
        }
        return matching(line -> line.contains(text));
    }

    @Override
    public void flush() {
        // nothing to flush, because each line is stored immediately
    }

    @Override
    public void close() {
        ROOT.removeHandler(this);
        ROOT.setLevel(before);
        for (Handler handler : handlers) {
            ROOT.addHandler(handler);
        }
    }
}
