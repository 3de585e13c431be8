package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamHandler;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmTimeoutException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.it.timing.Stopwatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests providers that ignore cancellation and interrupts. A blocked provider must block only its own thread. */
@Timeout(60)
class StuckProviderTest {

    private static final int STUCK = 20;
    private static final CallOptions AT_PLUG = CallOptions.builder()
            .provider("plug")
            .timeout(Duration.ofMillis(200))
            .build();
    private static final CallOptions AT_PORTKEY =
            CallOptions.builder().provider("portkey").build();

    private final CountDownLatch release = new CountDownLatch(1);
    private final Stuck plug = new Stuck();

    /** A provider that blocks until the test releases it. */
    private final class Stuck implements LlmProvider {
        private final List<ChatStreamEvent> before = new ArrayList<>();

        @Override
        public String name() {
            return "plug";
        }

        @Override
        public ChatResponse chat(ChatRequest request, CallContext context) {
            block();
            throw new IllegalStateException("let go");
        }

        @Override
        public ChatStream stream(ChatRequest request, CallContext context) {
            List<ChatStreamEvent> events = new ArrayList<>(before);
            return ChatStream.of("plug", new ChatStream.Source() {
                @Override
                public ChatStreamEvent next() {
                    if (events.isEmpty()) {
                        block();
                        throw new IllegalStateException("let go");
                    }
                    return events.remove(0);
                }

                @Override
                public void close() {
                    // this provider deliberately ignores interrupts
                }
            });
        }

        private void block() {
            boolean interrupted = false;
            while (true) {
                try {
                    release.await();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @AfterEach
    void letGo() {
        release.countDown();
    }

    private FaultBench bench() {
        return FaultBench.both().with(builder -> builder.provider(plug)).chain("plug", "portkey");
    }

    /** The ways to make a call that run it on a thread other than the caller's. */
    private enum Apart {
        CHAT_ASYNC {
            @Override
            CompletableFuture<ChatResponse> call(LlmClient client, CallOptions options) {
                return client.chatAsync(ChatRequest.of("hi"), options);
            }
        },
        STREAM_ASYNC {
            @Override
            CompletableFuture<ChatResponse> call(LlmClient client, CallOptions options) {
                return client.streamAsync(ChatRequest.of("hi"), options, new ChatStreamHandler() {});
            }
        },
        PUBLISHER {
            @Override
            CompletableFuture<ChatResponse> call(LlmClient client, CallOptions options) {
                LastSignal subscriber = new LastSignal();
                client.publisher(ChatRequest.of("hi"), options).subscribe(subscriber);
                return subscriber.end;
            }
        };

        abstract CompletableFuture<ChatResponse> call(LlmClient client, CallOptions options);
    }

    /** Requests all events and keeps the terminal signal. A second terminal signal would be an error. */
    private static final class LastSignal implements Flow.Subscriber<ChatStreamEvent> {
        private final CompletableFuture<ChatResponse> end = new CompletableFuture<>();
        private final List<Object> after = new ArrayList<>();

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public synchronized void onNext(ChatStreamEvent event) {
            if (end.isDone()) {
                after.add(event);
            }
        }

        @Override
        public synchronized void onError(Throwable error) {
            if (!end.completeExceptionally(error)) {
                after.add(error);
            }
        }

        @Override
        public synchronized void onComplete() {
            after.add("complete");
        }
    }

    private static LlmException assertFreedInTime(CompletableFuture<ChatResponse> call, Stopwatch watch) {
        ExecutionException thrown = assertThrows(ExecutionException.class, () -> call.get(20, TimeUnit.SECONDS));
        Duration took = watch.elapsed();
        assertTrue(took.toMillis() >= 200, () -> "freed after " + took);
        watch.assertAtMost(Duration.ofMillis(450), took, () -> "the caller's release");
        LlmException error = assertInstanceOf(LlmTimeoutException.class, thrown.getCause());
        assertEquals(Optional.of(ErrorReason.TOTAL_TIMEOUT), error.reason());
        return error;
    }

    @Tag("fault-9.8")
    @ParameterizedTest
    @EnumSource
    void asyncCall_providerIgnoresCancellation_callerIsFreedAtTheDeadline(Apart apart) throws Exception {
        try (LogLines log = new LogLines();
                FaultBench bench = bench()) {
            LlmClient client = bench.client();
            Stopwatch watch = Stopwatch.start();
            assertFreedInTime(apart.call(client, AT_PLUG), watch);
            String line = log.await(1, "but the provider goes on").get(0);
            assertTrue(line.startsWith("WARNING"), line);
            assertTrue(line.contains("plug") && line.contains("it holds "), line);
            assertTrue(line.contains(Stuck.class.getName() + ".block"), line);
            release.countDown();
            assertTrue(
                    bench.client().shutdown(Duration.ofSeconds(10)),
                    "the call is finally removed from those in flight");
            assertEquals(
                    1,
                    log.matching(each -> each.contains("but the provider goes on"))
                            .size());
        }
    }

    @Tag("fault-9.8")
    @Test
    void publisher_stuckAfterContent_sendsOneTerminalSignal() throws Exception {
        plug.before.add(new ChatStreamEvent.TextDelta("hel"));
        try (FaultBench bench = bench()) {
            LastSignal subscriber = new LastSignal();
            LlmClient client = bench.client();
            Stopwatch watch = Stopwatch.start();
            client.publisher(ChatRequest.of("hi"), AT_PLUG).subscribe(subscriber);
            assertFreedInTime(subscriber.end, watch);
            release.countDown();
            assertTrue(bench.client().shutdown(Duration.ofSeconds(10)));
            assertEquals(List.of(), subscriber.after);
        }
    }

    @Tag("fault-9.8")
    @Test
    void asyncCalls_manyStuck_othersContinue() throws Exception {
        try (FaultBench bench = bench()) {
            List<CompletableFuture<ChatResponse>> stuck = new ArrayList<>();
            for (int i = 0; i < STUCK; i++) {
                stuck.add(Apart.values()[i % Apart.values().length].call(
                        bench.client(), CallOptions.builder().provider("plug").build()));
            }
            for (Mode mode : Mode.values()) {
                bench.portkey.then(mode.answer("hello"));
                assertEquals("hello", bench.call(mode, AT_PORTKEY).answer().text());
            }
            assertTrue(stuck.stream().noneMatch(CompletableFuture::isDone));
            bench.client().close();
            for (CompletableFuture<ChatResponse> call : stuck) {
                Throwable thrown = assertThrows(Exception.class, () -> call.get(20, TimeUnit.SECONDS));
                Throwable cause = thrown instanceof ExecutionException ? thrown.getCause() : thrown;
                assertInstanceOf(CancellationException.class, cause);
            }
            release.countDown();
        }
    }

    static Stream<Mode> ownThread() {
        return Stream.of(Mode.CHAT, Mode.STREAM);
    }

    /**
     * A blocked thread cannot be stopped by force. The caller therefore has to wait, and then gets the reason. The log
     * names the code that blocks the thread.
     */
    @Tag("fault-9.8")
    @ParameterizedTest
    @MethodSource("ownThread")
    void synchronousCall_providerIgnoresCancellation_endsWhenTheProviderReturns(Mode mode) throws Exception {
        try (LogLines log = new LogLines();
                FaultBench bench = bench()) {
            CompletableFuture<Outcome> call = CompletableFuture.supplyAsync(() -> bench.call(mode, AT_PLUG));
            String line = log.await(1, "but the provider goes on").get(0);
            assertTrue(line.contains(Stuck.class.getName() + ".block"), line);
            release.countDown();
            LlmException error = call.get(20, TimeUnit.SECONDS).error();
            assertEquals(Optional.of(ErrorReason.TOTAL_TIMEOUT), error.reason());
            assertEquals(1, error.attempts().size());
        }
    }
}
