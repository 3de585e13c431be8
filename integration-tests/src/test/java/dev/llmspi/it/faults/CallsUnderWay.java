package dev.llmspi.it.faults;

import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.CallStarted;
import dev.llmspi.api.event.LlmListener;
import java.util.concurrent.TimeUnit;

/** Counts the calls that have begun and not ended: a caller may be free before its call has been told of to the end. */
final class CallsUnderWay implements LlmListener {

    private int count;

    @Override
    public synchronized LlmListener callStarted(CallStarted event) {
        count++;
        return this;
    }

    @Override
    public synchronized void callFinished(CallFinished event) {
        count--;
        notifyAll();
    }

    /** Waits until all have ended. */
    synchronized void awaitNone() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        try {
            for (long left = 10_000;
                    count > 0 && left > 0;
                    left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (count > 0) {
            throw new AssertionError(count + " calls have not ended");
        }
    }
}
