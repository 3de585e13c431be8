package dev.llmspi.it.faults;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What is logged meanwhile, at every level, ours and the libraries'. */
final class RecordedLog extends Handler implements AutoCloseable {

    private static final Logger ROOT = Logger.getLogger("");

    private final List<LogRecord> records = new CopyOnWriteArrayList<>();
    private final Level before = ROOT.getLevel();
    private final Handler[] handlers = ROOT.getHandlers();

    private RecordedLog() {}

    static RecordedLog start() {
        RecordedLog log = new RecordedLog();
        for (Handler handler : log.handlers) {
            ROOT.removeHandler(handler);
        }
        ROOT.setLevel(Level.ALL);
        ROOT.addHandler(log);
        return log;
    }

    /** The messages of our own at WARNING and above. */
    List<String> warnings() {
        return records.stream()
                .filter(entry -> entry.getLoggerName().startsWith("dev.llmspi"))
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogRecord::getMessage)
                .toList();
    }

    /** Everything, with stack traces. */
    String text() {
        StringWriter text = new StringWriter();
        PrintWriter lines = new PrintWriter(text);
        for (LogRecord entry : records) {
            lines.println(entry.getLoggerName() + " " + entry.getLevel() + " " + entry.getMessage());
            if (entry.getThrown() != null) {
                entry.getThrown().printStackTrace(lines);
            }
        }
        lines.flush();
        return text.toString();
    }

    @Override
    public void publish(LogRecord entry) {
        records.add(entry);
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
