package dev.llmspi.it.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Attempt.Outcome;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.LlmClientBuilder;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.it.timing.Stopwatch;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks that the attempts reported to the caller match the POST requests that the servers count. */
class WireCountTest {

    private static final Duration SOON = Duration.ofMillis(250);

    private final TestUpstream openrouter = TestUpstream.start();
    private final TestUpstream portkey = TestUpstream.start();
    private final RecordingListener listener = RecordingListener.create();

    @AfterEach
    void stop() {
        openrouter.close();
        portkey.close();
    }

    private LlmClientBuilder builder(TimeSource time) {
        return LlmClient.builder()
                .timeSource(time)
                .listener(listener)
                .provider("openrouter", block -> block.apiKey("or-key")
                        .baseUrl(openrouter.url("/api/v1").toString()))
                .provider("portkey", block -> block.apiKey("pk-key")
                        .baseUrl(portkey.url("/v1").toString())
                        .defaultModel("m")
                        .set("provider", "openai"));
    }

    private void assertCountsAgree() {
        List<Attempt> attempts = listener.events(CallFinished.class).stream()
                .flatMap(event -> event.attempts().stream())
                .toList();
        long told = attempts.stream().filter(Attempt::sent).count();
        assertEquals(openrouter.posts() + portkey.posts(), told, attempts.toString());
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of("408", Reply.error(408, "408", "timeout"), 2),
                Arguments.of("503 with Retry-After 0", Reply.error(503, "503", "busy", "Retry-After: 0"), 4),
                Arguments.of("503", Reply.error(503, "503", "busy"), 4),
                Arguments.of("429 with Retry-After 1", Reply.error(429, "429", "slow", "Retry-After: 1"), 4),
                Arguments.of("429 with Retry-After 100", Reply.error(429, "429", "slow", "Retry-After: 100"), 1),
                Arguments.of("401", Reply.error(401, "401", "key"), 1),
                Arguments.of("402", Reply.error(402, "402", "credit"), 1),
                Arguments.of("404", Reply.error(404, "404", "no such model"), 1),
                Arguments.of("307", Reply.json(307, "{}", "Location: http://127.0.0.1:1/v1"), 1),
                Arguments.of("closed before the head", Reply.close(), 4),
                Arguments.of("reset before the head", Reply.reset(), 4),
                Arguments.of("half a body", Reply.cutBody(200, "application/json", "{\"choices\":[]}"), 4),
                Arguments.of("no HTTP", Reply.raw("220 mail ready\r\n\r\n"), 4),
                Arguments.of("empty object", Reply.json(200, "{}"), 4),
                Arguments.of("HTML", Reply.of(200, "text/html", "<html>sign in</html>"), 4),
                Arguments.of(
                        "error in a 200", Reply.json(200, "{\"error\":{\"code\":402,\"message\":\"credit\"}}"), 1));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void chat_primaryBroken_everyPostIsListedAndSecondaryAnswers(String name, Reply fault, int posts) {
        openrouter.always(fault);
        portkey.then(Reply.answer("hello"));
        try (LlmClient client = builder(ManualTimeSource.create()).build()) {
            ChatResponse response = client.chat("hi");
            assertEquals("portkey", response.provider(), response.attempts().toString());
            assertEquals(posts, openrouter.posts());
        }
        assertCountsAgree();
    }

    @Tag("fault-1.5")
    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void chat_connectionKeptFromAnEarlierCall_countsAgreeToo(String name, Reply fault, int posts) {
        openrouter.then(Reply.answer("first")).always(fault);
        portkey.then(Reply.answer("hello"));
        try (LlmClient client = builder(ManualTimeSource.create()).build()) {
            client.chat("hi");
            client.chat("hi");
        }
        assertEquals(posts + 1, openrouter.posts());
        assertCountsAgree();
    }

    @Tag("fault-1.7")
    @Test
    void chat_serverClosedTheKeptConnection_isAnswered() throws Exception {
        // The server answers, announces keep-alive and then closes the connection, so the next request finds it closed.
        // If the server closed it while the next request was being sent, the client could not tell this from a server
        // that died while answering. The test therefore waits until the connection is closed.
        Semaphore closed = new Semaphore(0);
        openrouter.always(connection -> {
            Reply.answer("hello").send(connection);
            connection.close();
            closed.release();
        });
        try (LlmClient client = builder(TimeSource.system()).build()) {
            for (int i = 0; i < 5; i++) {
                assertEquals("hello", client.chat("hi").text());
                assertTrue(closed.tryAcquire(10, TimeUnit.SECONDS));
            }
        }
        assertEquals(5, openrouter.posts());
        assertCountsAgree();
    }

    @Tag("fault-1.1")
    @Test
    void chat_unreachablePrimary_isListedAsUnsent() {
        openrouter.close();
        portkey.then(Reply.answer("hello"));
        try (LlmClient client = builder(ManualTimeSource.create()).build()) {
            ChatResponse response = client.chat("hi");
            List<Attempt> failed = response.attempts().stream()
                    .filter(attempt -> attempt.outcome() == Outcome.ERROR)
                    .toList();
            assertEquals(4, failed.size());
            assertTrue(failed.stream().noneMatch(Attempt::sent));
        }
        assertCountsAgree();
    }

    @Test
    void chat_bothBroken_seededMixture_countsAgree() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<Reply> replies =
                faults().map(arguments -> (Reply) arguments.get()[1]).toList();
        int failures = 0;
        try (LlmClient client = builder(ManualTimeSource.create())
                .set("llm.cooldown.authentication", "0s")
                .set("llm.cooldown.exhausted", "0s")
                .build()) {
            for (int call = 0; call < 150; call++) {
                openrouter.always(
                        random.nextInt(4) == 0 ? Reply.answer("hello") : replies.get(random.nextInt(replies.size())));
                portkey.always(
                        random.nextInt(4) == 0 ? Reply.answer("hello") : replies.get(random.nextInt(replies.size())));
                try {
                    client.chat("hi");
                } catch (LlmException e) {
                    failures++;
                    assertFalse(e.attempts().isEmpty(), "seed " + seed);
                }
            }
        }
        assertTrue(failures > 0 && failures < 150, "seed " + seed + ": " + failures + " failures");
        assertCountsAgree();
    }

    @Tag("fault-2.9")
    @Test
    void chat_interrupted_endsWithin250MillisAndTheServerSeesIt() throws Exception {
        openrouter.always(Reply.hang());
        try (LlmClient client = builder(TimeSource.system()).build()) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread caller = new Thread(() -> {
                try {
                    client.chat("hi");
                } catch (Throwable e) {
                    thrown.set(e);
                }
            });
            caller.start();
            openrouter.awaitPosts(1);
            Stopwatch watch = Stopwatch.start();
            caller.interrupt();
            caller.join(5_000);
            watch.assertAtMost(SOON, () -> "the end of the call");
            assertInstanceOf(CancellationException.class, thrown.get());
            openrouter.awaitClientsGone(1);
        }
        assertEquals(0, portkey.posts());
        assertCountsAgree();
    }

    @Tag("fault-2.10")
    @Test
    void chatAsync_futureCancelled_theServerSeesItWithin250Millis() throws Exception {
        openrouter.always(Reply.hang());
        try (LlmClient client = builder(TimeSource.system()).build()) {
            CompletableFuture<ChatResponse> future = client.chatAsync(ChatRequest.of("hi"));
            openrouter.awaitPosts(1);
            Stopwatch watch = Stopwatch.start();
            future.cancel(false);
            openrouter.awaitClientsGone(1);
            watch.assertAtMost(SOON, () -> "the end of the call");
            client.shutdown(Duration.ofSeconds(5));
        }
        assertEquals(0, portkey.posts());
        assertCountsAgree();
    }

    @Tag("fault-2.10")
    @Test
    void chat_cancellationFired_theServerSeesItWithin250Millis() throws Exception {
        openrouter.always(Reply.headThenHang(200, "application/json"));
        Cancellation stop = Cancellation.create();
        try (LlmClient client = builder(TimeSource.system()).build()) {
            CompletableFuture<ChatResponse> call = CompletableFuture.supplyAsync(() -> client.chat(
                    ChatRequest.of("hi"),
                    CallOptions.builder().cancellation(stop).build()));
            openrouter.awaitPosts(1);
            Stopwatch watch = Stopwatch.start();
            stop.cancel();
            openrouter.awaitClientsGone(1);
            watch.assertAtMost(SOON, () -> "the end of the call");
            assertThrows(Exception.class, call::join);
        }
        assertCountsAgree();
    }

    @Tag("fault-2.1")
    @Test
    void chat_totalTimeout_endsAHangingCallAndTheServerSeesIt() throws Exception {
        openrouter.always(Reply.hang());
        portkey.always(Reply.hang());
        try (LlmClient client = builder(TimeSource.system()).build()) {
            Stopwatch watch = Stopwatch.start();
            CallOptions options =
                    CallOptions.builder().timeout(Duration.ofMillis(500)).build();
            LlmException error = assertThrows(LlmException.class, () -> client.chat(ChatRequest.of("hi"), options));
            Duration took = watch.elapsed();
            assertTrue(took.toMillis() >= 500, () -> "took " + took);
            watch.assertAtMost(Duration.ofMillis(750), took, () -> "a call with a deadline of 500 ms");
            assertEquals(2, error.attempts().size(), error.getMessage());
            openrouter.awaitClientsGone(1);
            portkey.awaitClientsGone(1);
        }
        assertCountsAgree();
    }

    @Test
    void chat_hangingPrimary_leavesTheSecondaryItsShareOfTheDeadline() {
        openrouter.always(Reply.hang());
        portkey.then(Reply.answer("hello"));
        try (LlmClient client = builder(TimeSource.system()).build()) {
            CallOptions options =
                    CallOptions.builder().timeout(Duration.ofSeconds(1)).build();
            assertEquals("portkey", client.chat(ChatRequest.of("hi"), options).provider());
        }
        assertCountsAgree();
    }
}
