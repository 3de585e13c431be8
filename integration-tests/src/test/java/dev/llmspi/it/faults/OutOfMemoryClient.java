package dev.llmspi.it.faults;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.error.LlmTimeoutException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets many clients make calls while memory runs out again and again. Then it prints for each client how long a call
 * with a total timeout of {@value #TOTAL_MILLIS} ms takes.
 */
final class OutOfMemoryClient {

    static final int CLIENTS = 50;
    static final int TOTAL_MILLIS = 500;
    private static final long PRESSURE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private OutOfMemoryClient() {}

    /** A provider that never answers, and that notices the end of its call at once. */
    static class Silent implements LlmProvider {
        @Override
        public String name() {
            return "silent";
        }

        @Override
        public ChatResponse chat(ChatRequest request, CallContext context) {
            CountDownLatch cancelled = new CountDownLatch(1);
            context.cancellation().onCancel(cancelled::countDown);
            try {
                cancelled.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IllegalStateException("cancelled");
        }
    }

    public static void main(String[] arguments) throws Exception {
        List<LlmClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(LlmClient.builder()
                    .provider(new Silent())
                    .chain("default", "silent")
                    .set("llm.retry.max-retries", 0)
                    .build());
        }
        for (LlmClient client : clients) {
            for (int i = 0; i < 2; i++) {
                Thread caller = new Thread(() -> callUntilMemoryIsBack(client));
                caller.setDaemon(true);
                caller.start();
            }
        }
        int ranOut = exhaustMemory();
        System.out.println("exhausted " + ranOut);
        for (LlmClient client : clients) {
            Thread caller = new Thread(() -> call(client, TOTAL_MILLIS));
            caller.setDaemon(true);
            long start = System.nanoTime();
            caller.start();
            caller.join(TOTAL_MILLIS * 5);
            System.out.println("took " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        }
        System.exit(0); // calls that never end must not keep this JVM running
    }

    private static void callUntilMemoryIsBack(LlmClient client) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < PRESSURE_NANOS) {
            try {
                call(client, 20);
            } catch (OutOfMemoryError e) {
                // the next call may succeed
            }
        }
    }

    private static void call(LlmClient client, long totalMillis) {
        try {
            client.chat(
                    ChatRequest.of("hi"),
                    CallOptions.builder()
                            .timeout(Duration.ofMillis(totalMillis))
                            .build());
        } catch (LlmTimeoutException e) {
            // as expected
        }
    }

    /** Fills the heap with ever smaller pieces and frees it again. Returns how often there was no room for a piece. */
    private static int exhaustMemory() {
        int count = 0;
        long start = System.nanoTime();
        while (System.nanoTime() - start < PRESSURE_NANOS) {
            Deque<byte[]> pieces = new ArrayDeque<>(100_000);
            for (int size : new int[] {100_000, 10_000, 100}) {
                try {
                    while (System.nanoTime() - start < PRESSURE_NANOS) {
                        pieces.push(new byte[size]);
                    }
                } catch (OutOfMemoryError e) {
                    count++;
                }
            }
        }
        return count;
    }
}
