package dev.llmspi.core.call;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.testkit.ManualTimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Simulates a provider that does not answer. */
public final class Silence {

    private Silence() {}

    /**
     * Lets time pass until a timeout ends the attempt.
     *
     * @return the exception that a provider throws when it notices the cancellation
     */
    public static IllegalStateException pass(Duration length, ManualTimeSource time, CallContext context) {
        CountDownLatch ended = new CountDownLatch(1);
        context.cancellation().onCancel(ended::countDown);
        time.advance(length);
        try {
            assertTrue(ended.await(10, TimeUnit.SECONDS), "no timeout has ended the attempt");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return new IllegalStateException("cancelled");
    }

    /** Returns a stream that delivers the events and is then silent. */
    public static ChatStream stream(
            Duration length, ManualTimeSource time, CallContext context, ChatStreamEvent... events) {
        Queue<ChatStreamEvent> left = new ArrayDeque<>(List.of(events));
        return ChatStream.of("silent", new ChatStream.Source() {
            @Override
            public ChatStreamEvent next() {
                if (left.isEmpty()) {
                    throw pass(length, time, context);
                }
                return left.remove();
            }

            @Override
            public void close() {}
        });
    }
}
