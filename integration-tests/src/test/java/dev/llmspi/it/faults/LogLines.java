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

/** What is logged as long as this is open, at every level, ours and the libraries'; nothing of it reaches the console. */
final class LogLines extends Handler implements AutoCloseable {

    private static final Logger ROOT = Logger.getLogger("");
    private static final String LIBRARY = "dev.llmspi";

    private final Level before = ROOT.getLevel();
    private final Handler[] handlers = ROOT.getHandlers();
    /** Of our own, as {@code LEVEL logger message}. */
    private final List<String> lines = new ArrayList<>();

    private final StringWriter all = new StringWriter();

    LogLines() {
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

    /** The lines of our own so far that pass. */
    synchronized List<String> matching(Predicate<String> filter) {
        return lines.stream().filter(filter).toList();
    }

    /** Everything so far, with stack traces. */
    synchronized String text() {
        return all.toString();
    }

    /** Waits until that many lines hold the text, and gives them. */
    synchronized List<String> await(int count, String text) throws InterruptedException {
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
        // kept at once
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
