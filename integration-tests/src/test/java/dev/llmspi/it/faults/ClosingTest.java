package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.event.AttemptFinished;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.it.timing.Stopwatch;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests closing a client while its calls wait for a response head, for the next event, or for the next attempt. */
@Timeout(60)
class ClosingTest {

    private static final int EACH = 4;
    private static final Duration SOON = Duration.ofSeconds(1);

    private static Throwable ending(Mode mode, LlmClient client, CallOptions options, CountDownLatch read) {
        try {
            return new AssertionError(
                    "answered: " + mode.call(client, ChatRequest.of("hi"), options, text -> read.countDown()));
        } catch (CompletionException e) {
            return e.getCause();
        } catch (RuntimeException e) {
            return e;
        }
    }

    @Tag("fault-9.12")
    @ParameterizedTest
    @EnumSource
    void close_duringCalls_cancelsThemAndFreesEverything(Mode mode) throws Exception {
        ExecutorService callers = Executors.newCachedThreadPool();
        CountDownLatch read = new CountDownLatch(mode == Mode.STREAM ? EACH : 0);
        CallOptions atPortkey = CallOptions.builder().provider("portkey").build();
        try (FaultBench bench = FaultBench.both()
                .set("llm.providers.portkey.retry.delay", "60s")
                .set("llm.providers.portkey.retry.max-delay", "60s")) {
            bench.openrouter.always(mode == Mode.STREAM ? StreamReply.chunked().text("hel") : Reply.hang());
            bench.portkey.always(Reply.error(503, "503", "busy"));
            LlmClient client = bench.client();
            List<Future<Throwable>> ends = new ArrayList<>();
            for (int i = 0; i < EACH; i++) {
                ends.add(callers.submit(() -> ending(mode, client, CallOptions.none(), read)));
                ends.add(callers.submit(() -> ending(mode, client, atPortkey, read)));
            }
            bench.openrouter.awaitPosts(EACH);
            assertTrue(read.await(10, TimeUnit.SECONDS));
            awaitFailures(bench, EACH); // from now on, these calls wait for their second attempt

            Stopwatch watch = Stopwatch.start();
            client.close();
            for (Future<Throwable> end : ends) {
                assertInstanceOf(CancellationException.class, end.get(10, TimeUnit.SECONDS));
            }
            watch.assertAtMost(SOON, () -> "the end of all calls");
            bench.openrouter.awaitNoConnections();
            bench.portkey.awaitNoConnections();
            assertRefused(client);
            client.close();
            assertEquals(
                    2 * EACH,
                    bench.listener.events(CallFinished.class).stream()
                            .filter(call -> call.outcome() == Attempt.Outcome.CANCELLED)
                            .count());
        } finally {
            callers.shutdownNow();
        }
    }

    private static void awaitFailures(FaultBench bench, int count) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (bench.listener.events(AttemptFinished.class).size() < count) {
            assertTrue(System.nanoTime() < end, "the calls at portkey did not fail");
            Thread.onSpinWait();
        }
    }

    private static void assertRefused(LlmClient client) {
        for (Mode mode : Mode.values()) {
            assertThrows(
                    IllegalStateException.class,
                    () -> mode.call(client, ChatRequest.of("hi"), CallOptions.none(), text -> {}));
        }
        assertThrows(IllegalStateException.class, () -> client.with(CallOptions.none())
                .chat("hi"));
    }

    @Tag("fault-9.12")
    @Test
    void close_providerOfTheApplication_isLeftOpen() throws Exception {
        ScriptedProvider owned = ScriptedProvider.named("plug").hangs().repeat();
        try (FaultBench bench =
                FaultBench.both().with(builder -> builder.provider(owned)).chain("plug")) {
            CompletableFuture<?> call = bench.client().chatAsync(ChatRequest.of("hi"));
            owned.awaitCalls(1);
            bench.client().close();
            assertThrows(CancellationException.class, () -> call.get(1, TimeUnit.SECONDS));
            assertFalse(owned.closed());
        }
    }

    /**
     * Calls that start while the client is being closed are refused, cancelled or answered. None of them hangs or is
     * lost. This test does not use a {@link FaultBench}, because a bench compares the exact numbers of requests. If a
     * request is cancelled while its first bytes are being sent, the client cannot know whether the server has seen it.
     */
    @Tag("fault-9.12")
    @ParameterizedTest
    @EnumSource
    void close_whileCallsStart_eachIsRefusedCancelledOrAnswered(Mode mode) throws Exception {
        ExecutorService callers = Executors.newCachedThreadPool();
        CountDownLatch begun = new CountDownLatch(3 * EACH);
        RecordingListener listener = RecordingListener.create();
        try (TestUpstream upstream = TestUpstream.start().always(mode.answer("hello"))) {
            LlmClient client = LlmClient.builder()
                    .listener(listener)
                    .provider("openrouter", block -> block.apiKey("or-key")
                            .baseUrl(upstream.url("/api/v1").toString())
                            .defaultModel("m"))
                    .build();
            List<Future<Integer>> answered = new ArrayList<>();
            for (int i = 0; i < EACH; i++) {
                answered.add(callers.submit(() -> callUntilRefused(mode, client, begun)));
            }
            assertTrue(begun.await(20, TimeUnit.SECONDS));
            client.close();
            int answers = 0;
            for (Future<Integer> caller : answered) {
                answers += caller.get(10, TimeUnit.SECONDS);
            }
            List<CallFinished> calls = listener.events(CallFinished.class);
            assertEquals(
                    answers,
                    calls.stream()
                            .filter(call -> call.outcome() == Attempt.Outcome.SUCCESS)
                            .count());
            assertTrue(upstream.posts()
                    <= calls.stream()
                            .flatMap(call -> call.attempts().stream())
                            .filter(Attempt::sent)
                            .count());
            upstream.awaitNoConnections();
        } finally {
            callers.shutdownNow();
        }
    }

    private static int callUntilRefused(Mode mode, LlmClient client, CountDownLatch begun) {
        for (int answers = 0; ; answers++) {
            begun.countDown();
            Throwable end = null;
            try {
                mode.call(client, ChatRequest.of("hi"), CallOptions.none(), text -> {});
            } catch (CompletionException e) {
                end = e.getCause();
            } catch (RuntimeException e) {
                end = e;
            }
            if (end != null) {
                assertTrue(
                        end instanceof CancellationException || end instanceof IllegalStateException, end.toString());
                return answers;
            }
        }
    }
}
