package dev.llmspi.core;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.error.LlmException;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A provider whose attempts take a random time and end at random: with an answer, with an error, or not before they are
 * terminated.
 */
final class RacingProvider implements LlmProvider {

    /** What the attempts of one call do. */
    static final class Script {

        private final Random random;
        private final boolean hangs;
        private final @Nullable CountDownLatch meeting;

        /** @param hangs whether an attempt may wait for its end */
        Script(long seed, boolean hangs) {
            this.random = new Random(seed);
            this.hangs = hangs;
            this.meeting = null;
        }

        /** Creates the script of an attempt that answers when other attempts run at the same time. */
        Script(CountDownLatch meeting) {
            this.random = new Random(0);
            this.hangs = false;
            this.meeting = meeting;
        }

        private synchronized int next(int bound) {
            return random.nextInt(bound);
        }
    }

    /** How long a provider waits for an end that never comes, and how long one lingers that ignores its end. */
    private static final long LONGEST_NANOS = 10_000_000_000L;

    private static final long LINGERS_NANOS = 70_000_000L;

    private final String name;
    private final Map<String, Script> scripts;

    /** @param scripts the scripts by the request ID of their calls */
    RacingProvider(String name, Map<String, Script> scripts) {
        this.name = name;
        this.scripts = scripts;
    }

    @Override
    public String name() {
        return name;
    }

    /** Keeps the thread busy for a moment that is short more often than long. */
    static void delay(int bits) {
        for (int i = 1 << bits; i > 0; i--) {
            Thread.onSpinWait();
        }
    }

    private Script script(CallContext context) {
        return scripts.getOrDefault(context.requestId().orElse(""), new Script(0, false));
    }

    /** Passes some time, and throws in some cases. */
    private void step(CallContext context, Script script, BooleanSupplier ended) {
        if (script.meeting != null) {
            script.meeting.countDown();
            Latches.await(script.meeting);
            return;
        }
        delay(script.next(12));
        int choice = script.next(100);
        if (choice < 8) {
            throw LlmException.builder(choice < 4 ? ErrorKind.SERVICE : ErrorKind.CONNECTION)
                    .message("as the script says")
                    .build();
        }
        if (choice < 10) {
            throw new IllegalStateException("bug");
        }
        if (choice < 60 && script.hangs) {
            awaitEnd(context, ended, script.next(100) == 0);
            if (choice == 59 && script.next(20) == 0) {
                linger();
            }
            if (choice < 30) {
                throw choice < 20 ? new CancellationException("ended") : new IllegalStateException("ended");
            }
        }
    }

    private static void linger() {
        long start = System.nanoTime();
        while (System.nanoTime() - start < LINGERS_NANOS) {
            LockSupport.parkNanos(LINGERS_NANOS / 10);
        }
    }

    @SuppressWarnings("try") // the registration is only closed, never read
    private static void awaitEnd(CallContext context, BooleanSupplier ended, boolean deaf) {
        Thread waiting = Thread.currentThread();
        long start = System.nanoTime();
        try (var registration = context.cancellation().onCancel(() -> LockSupport.unpark(waiting))) {
            // Most providers notice an interrupt; for the others, the watchdog looks for it every 50 ms.
            while (!context.cancellation().isCancelled()
                    && !ended.getAsBoolean()
                    && (deaf || !waiting.isInterrupted())) {
                if (System.nanoTime() - start > LONGEST_NANOS) {
                    throw new AssertionError("the attempt was never terminated");
                }
                LockSupport.parkNanos(100_000_000); // returns at once while the thread is interrupted
            }
        }
    }

    @Override
    public ChatResponse chat(ChatRequest request, CallContext context) {
        step(context, script(context), () -> false);
        return ChatResponse.builder(AssistantMessage.of("a"))
                .finishReason(FinishReason.STOP)
                .provider(name)
                .build();
    }

    @Override
    public ChatStream stream(ChatRequest request, CallContext context) {
        Script script = script(context);
        step(context, script, () -> false);
        int texts = script.next(4);
        return ChatStream.of(name, new ChatStream.Source() {
            private int delivered;
            private volatile boolean closed;
            private volatile Thread reader;

            @Override
            public ChatStreamEvent next() {
                reader = Thread.currentThread();
                step(context, script, () -> closed);
                return delivered++ < texts
                        ? new ChatStreamEvent.TextDelta("a")
                        : ChatStreamEvent.Finish.of(FinishReason.STOP);
            }

            @Override
            public void close() {
                closed = true;
                LockSupport.unpark(reader);
            }
        });
    }
}
