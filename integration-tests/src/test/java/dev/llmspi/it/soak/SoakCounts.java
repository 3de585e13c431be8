package dev.llmspi.it.soak;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.event.AttemptFinished;
import dev.llmspi.api.event.AttemptStarted;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.CallStarted;
import dev.llmspi.api.event.LlmListener;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;

/** Counts events without storing them. */
final class SoakCounts implements LlmListener {

    private final LongAdder calls = new LongAdder();
    private final LongAdder callsEnded = new LongAdder();
    private final LongAdder answered = new LongAdder();
    private final LongAdder attempts = new LongAdder();
    private final LongAdder attemptsEnded = new LongAdder();
    private final LongAdder sent = new LongAdder();

    @Override
    public LlmListener callStarted(CallStarted event) {
        calls.increment();
        return this;
    }

    @Override
    public void attemptStarted(AttemptStarted event, BiConsumer<String, String> headers) {
        attempts.increment();
    }

    @Override
    public void attemptFinished(AttemptFinished event) {
        attemptsEnded.increment();
        sent.add(event.result().sent() ? 1 : 0);
    }

    @Override
    public void callFinished(CallFinished event) {
        callsEnded.increment();
        answered.add(event.outcome() == Attempt.Outcome.SUCCESS ? 1 : 0);
    }

    @Override
    public String toString() {
        return "calls " + calls + ", ended " + callsEnded + ", answered " + answered + ", attempts " + attempts
                + ", ended " + attemptsEnded + ", sent " + sent;
    }
}
