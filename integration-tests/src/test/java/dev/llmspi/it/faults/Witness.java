package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * Collects everything besides the answer itself that could become visible: log lines at all levels, including those of
 * libraries, the string forms of objects, stack traces, thread names, and the events of a flight recording.
 */
final class Witness extends Handler implements AutoCloseable {

    private static final String OURS = "dev.llmspi";
    private static final String MARK = "=== ";

    private final Logger root = Logger.getLogger("");
    private final Level before = root.getLevel();
    private final SimpleFormatter formatter = new SimpleFormatter();
    private final Recording recording = new Recording();
    private final StringWriter seen = new StringWriter();
    private final List<String> ourLines = new ArrayList<>();
    private int libraryLines;
    private int objects;

    Witness() {
        root.setLevel(Level.ALL);
        root.addHandler(this);
        for (String event : List.of("Call", "Attempt", "Cooldown")) {
            recording.enable(OURS + "." + event);
        }
        recording.start();
    }

    /** Returns the stack trace of an error, including its causes. */
    static String printed(Throwable error) {
        StringWriter shown = new StringWriter();
        error.printStackTrace(new PrintWriter(shown, true));
        return shown.toString();
    }

    @Override
    public synchronized void publish(LogRecord entry) {
        String line = formatter.formatMessage(entry);
        seen.write(entry.getLoggerName() + " " + line + "\n");
        if (entry.getThrown() != null) {
            seen.write(printed(entry.getThrown()));
        }
        if (String.valueOf(entry.getLoggerName()).startsWith(OURS)) {
            ourLines.add(line);
        } else {
            libraryLines++;
        }
    }

    /** Marks the source of everything that is collected from now on. */
    synchronized void marks(String what) {
        seen.write(MARK + what + "\n");
    }

    /**
     * Collects an object and all objects that can be reached from it. For an error, it also collects the stack trace.
     */
    synchronized void sees(Object thing) {
        if (thing instanceof Throwable error) {
            seen.write(printed(error));
        }
        seen.write(thing + "\n");
        ObjectWalk walk = new ObjectWalk(said -> seen.write(said + "\n"));
        walk.from(thing);
        objects += walk.printed();
    }

    /** Collects the names of the current threads. */
    synchronized void seesThreads() {
        Thread.getAllStackTraces().keySet().forEach(thread -> seen.write("thread " + thread.getName() + "\n"));
    }

    /** Returns the log lines that this project has written so far. */
    synchronized List<String> ourLines() {
        return List.copyOf(ourLines);
    }

    /** Fails if one of the texts was collected, or if too little was collected for a meaningful result. */
    void assertNever(List<String> canaries) throws IOException {
        recorded().forEach(event -> seen.write(event + "\n"));
        assertTrue(libraryLines > 0 && objects > 10, libraryLines + " lines of libraries, " + objects + " objects");
        String all = seen.toString();
        for (String canary : canaries) {
            int at = all.indexOf(canary);
            assertTrue(at < 0, () -> "shown: " + canary + " in …" + around(all, at));
        }
    }

    private static String around(String all, int at) {
        int mark = all.lastIndexOf(MARK, at);
        String after = mark < 0 ? "" : all.substring(mark, all.indexOf('\n', mark));
        return all.substring(Math.max(0, at - 300), Math.min(all.length(), at + 100)) + " (" + after + ")";
    }

    private List<RecordedEvent> recorded() throws IOException {
        recording.stop();
        Path file = Files.createTempFile("canary", ".jfr");
        try {
            recording.dump(file);
            return RecordingFile.readAllEvents(file);
        } finally {
            Files.delete(file);
        }
    }

    @Override
    public void flush() {
        // nothing to flush, because each line is stored immediately
    }

    @Override
    public void close() {
        recording.close();
        root.removeHandler(this);
        root.setLevel(before);
    }
}
