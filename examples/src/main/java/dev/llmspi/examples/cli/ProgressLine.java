package dev.llmspi.examples.cli;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Attempt.Outcome;
import dev.llmspi.api.event.AttemptFinished;
import dev.llmspi.api.event.AttemptStarted;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.CallStarted;
import dev.llmspi.api.event.FailedOver;
import dev.llmspi.api.event.LinkSkipped;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.api.event.RetryScheduled;
import dev.llmspi.examples.show.FailureWords;
import dev.llmspi.examples.show.StatusLine;
import dev.llmspi.examples.show.Time;
import java.time.Duration;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * Tells a person at the terminal what happens before the answer begins: which provider failed and why, how long the
 * program waits before it tries again, and how long it has been waiting for an answer. Follows one call at a time.
 */
final class ProgressLine implements LlmListener, AutoCloseable {

    /** A wait for an answer is mentioned only if it takes at least this long. */
    private static final long SLOW = 3;

    private static final long PERIOD_MILLIS = 1_000;

    private final StatusLine line;
    private final LongSupplier nanoTime;
    private final Timer timer = new Timer("llm-progress", true);

    /** Why the last attempt failed, such as {@code openrouter is out of credit}. Guarded by this, like all fields. */
    private String why = "";
    /** The provider of the last attempt. */
    private String asked = "";
    /** What happens now, by the number of seconds since it began. */
    private LongFunction<String> now = ProgressLine::nothing;

    private long since;

    ProgressLine(StatusLine line, LongSupplier nanoTime) {
        this.line = line;
        this.nanoTime = nanoTime;
    }

    /** Returns a progress line whose times are updated every second. */
    static ProgressLine on(StatusLine line) {
        ProgressLine progress = new ProgressLine(line, System::nanoTime);
        if (line.isSeen()) {
            TimerTask tick = new TimerTask() {
                @Override
                public void run() {
                    progress.tick();
                }
            };
            progress.timer.schedule(tick, PERIOD_MILLIS, PERIOD_MILLIS);
        }
        return progress;
    }

    private static String nothing(long seconds) {
        return "";
    }

    @Override
    public synchronized LlmListener callStarted(CallStarted event) {
        why = "";
        asked = "";
        return this;
    }

    @Override
    public synchronized void attemptStarted(AttemptStarted event, BiConsumer<String, String> headers) {
        String provider = event.attempt().provider();
        String action = why.isEmpty()
                ? "waiting for " + provider
                : provider.equals(asked) ? "trying again" : "asking " + provider;
        String reason = because();
        boolean first = why.isEmpty();
        asked = provider;
        begin(seconds -> first && seconds < SLOW ? "" : action + elapsed(seconds) + reason);
        line.showInPlace(now.apply(0));
    }

    @Override
    public synchronized void attemptFinished(AttemptFinished event) {
        if (event.result().outcome() == Outcome.ERROR) {
            failed(event.result());
        } else {
            end();
        }
    }

    @Override
    public synchronized void linkSkipped(LinkSkipped event) {
        failed(event.skipped());
    }

    @Override
    public synchronized void retryScheduled(RetryScheduled event) {
        long wait = event.delay().plusMillis(999).toSeconds();
        String reason = because();
        begin(seconds -> "trying again" + (wait > seconds ? " in " + time(wait - seconds) : "") + reason);
        line.show(now.apply(0));
    }

    @Override
    public synchronized void failedOver(FailedOver event) {
        String text = "asking " + event.to() + because();
        begin(seconds -> text);
        line.show(text);
    }

    @Override
    public void callFinished(CallFinished event) {
        end();
    }

    /** Shows the time that has passed. */
    synchronized void tick() {
        line.update(now.apply(TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong() - since)));
    }

    private void begin(LongFunction<String> action) {
        now = action;
        since = nanoTime.getAsLong();
    }

    private void failed(Attempt attempt) {
        why = attempt.provider() + " " + FailureWords.of(attempt);
    }

    private String because() {
        return why.isEmpty() ? "" : ": " + why;
    }

    private static String elapsed(long seconds) {
        return seconds < SLOW ? "" : ", " + time(seconds);
    }

    private static String time(long seconds) {
        return seconds < 60 ? seconds + " s" : Time.of(Duration.ofSeconds(seconds));
    }

    private synchronized void end() {
        now = ProgressLine::nothing;
        line.clear();
    }

    @Override
    public void close() {
        timer.cancel();
        end();
    }
}
