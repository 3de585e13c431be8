package dev.llmspi.it.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the library logs as long as this is open, as {@code LEVEL logger message}; nothing of it reaches the console. */
final class LogLines extends Handler implements AutoCloseable {

    private static final String LIBRARY = "dev.llmspi";

    private final Logger logger = Logger.getLogger(LIBRARY);
    private final boolean toParent = logger.getUseParentHandlers();
    private final List<String> lines = new ArrayList<>();

    LogLines() {
        logger.setUseParentHandlers(false);
        logger.setLevel(Level.ALL);
        logger.addHandler(this);
    }

    @Override
    public synchronized void publish(LogRecord entry) {
        lines.add(entry.getLevel() + " " + entry.getLoggerName() + " " + entry.getMessage());
        notifyAll();
    }

    /** The lines so far that pass. */
    synchronized List<String> matching(Predicate<String> filter) {
        return lines.stream().filter(filter).toList();
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
        logger.removeHandler(this);
        logger.setUseParentHandlers(toParent);
        logger.setLevel(null);
    }
}
