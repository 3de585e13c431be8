package dev.llmspi.it.faults;

import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.CallStarted;
import dev.llmspi.api.event.LlmListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Waits until calls have reported their end. This can happen after the caller has its result: at its deadline, an
 * asynchronous call returns to the caller even if the provider is still running.
 */
final class CallEnds implements LlmListener {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final List<CallFinished> ends = new ArrayList<>();
    private int started;

    @Override
    public synchronized LlmListener callStarted(CallStarted event) {
        started++;
        return this;
    }

    @Override
    public synchronized void callFinished(CallFinished event) {
        ends.add(event);
        notifyAll();
    }

    /** Waits until every started call has ended, and returns the events that report this. */
    synchronized List<CallFinished> await() {
        long giveUp = System.nanoTime() + PATIENCE_NANOS;
        try {
            for (long left = PATIENCE_NANOS; ends.size() < started && left > 0; left = giveUp - System.nanoTime()) {
                wait(TimeUnit.NANOSECONDS.toMillis(left) + 1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (ends.size() < started) {
            throw new AssertionError(started - ends.size() + " calls have not ended");
        }
        return List.copyOf(ends);
    }
}
