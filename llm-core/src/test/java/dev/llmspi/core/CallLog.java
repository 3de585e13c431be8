package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.AttemptFinished;
import dev.llmspi.api.event.AttemptStarted;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.CallStarted;
import dev.llmspi.api.event.FailedOver;
import dev.llmspi.api.event.LinkSkipped;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.api.event.RetryScheduled;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/** Records the events of one call and checks that they agree with each other and with its outcome. */
final class CallLog implements LlmListener {

    private final List<Object> events = new ArrayList<>();

    private synchronized void add(Object event) {
        events.add(event);
        notifyAll();
    }

    /** Whether the call has started. */
    synchronized boolean isStarted() {
        return !events.isEmpty();
    }

    /** Whether the call has ended. */
    synchronized boolean isFinished() {
        return events.stream().anyMatch(CallFinished.class::isInstance);
    }

    /** Waits until the call has ended. */
    synchronized void awaitFinished() throws InterruptedException {
        long start = System.nanoTime();
        while (!isFinished()) {
            assertTrue(System.nanoTime() - start < 20_000_000_000L, () -> "callFinished is missing: " + events);
            wait(100);
        }
    }

    /**
     * Checks the order of the events, and that the entries of the attempts are the same everywhere.
     *
     * @param outcome the answer or the error that the caller received; null if the caller received neither
     */
    synchronized void check(Object outcome) {
        assertInstanceOf(CallStarted.class, events.get(0));
        CallFinished finished = assertInstanceOf(CallFinished.class, events.get(events.size() - 1));
        List<Attempt> entries = new ArrayList<>();
        Set<Integer> running = new HashSet<>();
        for (Object event : events.subList(1, events.size() - 1)) {
            if (event instanceof AttemptStarted started) {
                assertTrue(running.add(started.attempt().number()));
            } else if (event instanceof AttemptFinished ended) {
                assertTrue(running.remove(ended.attempt().number()));
                assertEquals(ended.attempt().number(), ended.result().number());
                entries.add(ended.result());
            } else if (event instanceof LinkSkipped skipped) {
                entries.add(skipped.skipped());
            } else if (event instanceof RetryScheduled retry) {
                assertEquals(retry.failed(), entries.get(entries.size() - 1));
            } else {
                assertInstanceOf(FailedOver.class, event);
            }
        }
        assertEquals(Set.of(), running, "attempts that have not ended");
        assertEquals(entries, finished.attempts());
        boolean answered = finished.outcome() == Attempt.Outcome.SUCCESS;
        if (answered && !finished.provider().orElse("").isEmpty()) { // otherwise a decorator has answered
            assertEquals(
                    Attempt.Outcome.SUCCESS, entries.get(entries.size() - 1).outcome());
        }
        if (outcome instanceof ChatResponse answer) {
            assertEquals(entries, answer.attempts());
            assertEquals(Attempt.Outcome.SUCCESS, finished.outcome());
        } else if (outcome instanceof LlmException error) {
            assertEquals(entries, error.attempts());
            assertEquals(Attempt.Outcome.ERROR, finished.outcome());
        }
    }

    @Override
    public LlmListener callStarted(CallStarted event) {
        add(event);
        return this;
    }

    @Override
    public void attemptStarted(AttemptStarted event, BiConsumer<String, String> headers) {
        add(event);
    }

    @Override
    public void attemptFinished(AttemptFinished event) {
        add(event);
    }

    @Override
    public void retryScheduled(RetryScheduled event) {
        add(event);
    }

    @Override
    public void linkSkipped(LinkSkipped event) {
        add(event);
    }

    @Override
    public void failedOver(FailedOver event) {
        add(event);
    }

    @Override
    public void callFinished(CallFinished event) {
        add(event);
    }

    @Override
    public synchronized String toString() {
        return events.toString();
    }
}
