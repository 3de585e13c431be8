package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmTimeoutException;
import dev.llmspi.api.event.AttemptStarted;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.testkit.ManualTimeSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests calls to a provider that starts slowly, next to one that is ready. */
@Timeout(30)
class SlowStartTest {

    /** The name of a system property with a latch of the test, which code in a provider jar cannot access otherwise. */
    private static final String START = "llmspi.test.start";

    private static final String CLOSED = "llmspi.test.closed";

    private final CountDownLatch mayStart = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    @TempDir
    Path folder;

    private FactoryJars jars;
    private Path good;

    @BeforeEach
    void prepare() throws IOException {
        System.getProperties().put(START, mayStart);
        System.getProperties().put(CLOSED, closed);
        jars = new FactoryJars(folder);
        good = jars.provider("good");
    }

    @AfterEach
    void release() {
        mayStart.countDown();
        System.getProperties().remove(START);
        System.getProperties().remove(CLOSED);
    }

    /**
     * Creates the jar of a provider that waits until the test lets it start.
     *
     * @param method the method in which it waits: {@code create} or {@code initialize}
     * @param then the code to run after the wait
     */
    private Path slow(String method, String then) throws IOException {
        String wait = "await();" + then;
        return jars.write(
                "slow",
                Map.of("Slow", """
                package fake;
                import dev.llmspi.api.*;
                import dev.llmspi.api.spi.*;
                import java.util.concurrent.CountDownLatch;
                public final class Slow implements LlmProviderFactory {
                    public String name() { return "slow"; }
                    private static CountDownLatch latch(String key) {
                        return (CountDownLatch) System.getProperties().get(key);
                    }
                    private final CountDownLatch mayStart = latch("%s");
                    private final CountDownLatch closed = latch("%s");
                    private void await() {
                        try {
                            mayStart.await();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                    public LlmProvider create(ProviderConfig config) {
                        String greeting = config.string("greeting", name());
                        %s
                        return new LlmProvider() {
                            public String name() { return "slow"; }
                            public void initialize() { %s }
                            public ChatResponse chat(ChatRequest request, CallContext context) {
                                return ChatResponse.builder(AssistantMessage.of(greeting)).provider("slow").build();
                            }
                            public void close() { closed.countDown(); }
                        };
                    }
                }
                """.formatted(
                        START, CLOSED, method.equals("create") ? wait : "", method.equals("initialize") ? wait : "")),
                "fake.Slow");
    }

    private LlmClient client(Path slow, String... chain) throws IOException {
        return builder(slow, chain).build();
    }

    private LlmClientBuilder builder(Path slow, String... chain) throws IOException {
        return LlmClient.builder()
                .classLoader(jars.loader(slow, good))
                .provider("slow", block -> {})
                .provider("good", block -> {})
                .chain("default", chain)
                .startPatience(Duration.ofMillis(50));
    }

    /** The different ways to make a call. */
    static Stream<BiFunction<LlmClient, CallOptions, ChatResponse>> calls() {
        return Stream.of(
                (client, options) -> client.chat(ChatRequest.of("hi"), options),
                (client, options) -> join(client.chatAsync(ChatRequest.of("hi"), options)),
                (client, options) ->
                        client.stream(ChatRequest.of("hi"), options).collect());
    }

    private static ChatResponse join(CompletableFuture<ChatResponse> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw LlmException.from(e).orElseThrow();
        }
    }

    @ParameterizedTest
    @MethodSource("calls")
    @Tag("fault-9.4")
    void call_anotherProviderIsReady_isAnsweredByIt(BiFunction<LlmClient, CallOptions, ChatResponse> call)
            throws Exception {
        try (LlmClient client = client(slow("initialize", ""), "slow", "good")) {
            ChatResponse answer = call.apply(client, CallOptions.none());
            assertEquals("good", answer.provider());
            Attempt first = answer.attempts().get(0);
            assertEquals(ErrorReason.PROVIDER_FAULT, first.reason().orElseThrow());
            assertFalse(first.sent());
        }
    }

    @ParameterizedTest
    @MethodSource("calls")
    @Tag("fault-9.4")
    void call_noOtherProvider_waitsUntilItsTotalTimeout(BiFunction<LlmClient, CallOptions, ChatResponse> call)
            throws Exception {
        Duration total = Duration.ofSeconds(9);
        ManualTimeSource time = ManualTimeSource.create();
        LlmListener waiting = new LlmListener() {
            @Override
            public void attemptStarted(AttemptStarted event, BiConsumer<String, String> headers) {
                time.advance(total);
            }
        };
        try (LlmClient client = builder(slow("create", ""), "slow")
                .timeSource(time)
                .listener(waiting)
                .build()) {
            CallOptions options = CallOptions.builder().timeout(total).build();
            LlmTimeoutException error = assertThrows(LlmTimeoutException.class, () -> call.apply(client, options));
            assertEquals(1, error.attempts().size());
            assertFalse(error.attempts().get(0).sent());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "initialize"})
    @Tag("fault-9.4")
    void call_startEndsWhileItWaits_isAnswered(String method) throws Exception {
        try (LlmClient client = client(slow(method, ""), "slow")) {
            assertEquals(
                    "good",
                    client.chat(
                                    ChatRequest.of("hi"),
                                    CallOptions.builder().provider("good").build())
                            .text());
            CompletableFuture<ChatResponse> waiting = client.chatAsync(ChatRequest.of("hi"));
            mayStart.countDown();
            assertEquals("slow", waiting.get(10, TimeUnit.SECONDS).provider());
            assertEquals("slow", client.chat("again").provider());
            assertEquals(List.of(), client.registry().problems());
        }
        assertTrue(closed.await(10, TimeUnit.SECONDS));
    }

    @Test
    @Tag("fault-9.4")
    void call_startFailsWhileItWaits_failsAndTheProviderLeavesItsChains() throws Exception {
        Path slow = slow("initialize", "if (true) throw new IllegalStateException(\"no luck\");");
        try (LlmClient client = client(slow, "slow", "good")) {
            CallOptions alone = CallOptions.builder().provider("slow").build();
            CompletableFuture<ChatResponse> waiting = client.chatAsync(ChatRequest.of("hi"), alone);
            assertEquals(2, client.chat("hi").attempts().size()); // the slow provider is still tried
            mayStart.countDown();
            ExecutionException thrown = assertThrows(ExecutionException.class, () -> waiting.get(10, TimeUnit.SECONDS));
            LlmException error = LlmException.from(thrown).orElseThrow();
            assertEquals(ErrorKind.SERVICE, error.kind());
            assertTrue(error.getMessage().contains("no luck"), error.getMessage());
            assertTrue(closed.await(10, TimeUnit.SECONDS));
            assertTrue(awaitUnusable(client).contains("no luck"));
            assertTrue(client.registry().problems().get(0).cause().contains("no luck"));
            assertEquals(1, client.chat("hi").attempts().size());
        }
    }

    /** Waits until the slow provider is reported as unusable, and returns the reason. */
    private static String awaitUnusable(LlmClient client) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (client.registry().providers().get(0).usable()) {
            assertTrue(System.nanoTime() < end, "the failed start was not reported");
            Thread.onSpinWait();
        }
        return client.registry().providers().get(0).reason();
    }

    @Test
    @Tag("fault-9.4")
    void build_slowProviderHasAWrongKey_isReportedOnceItHasStarted() throws Exception {
        try (LlmClient client = LlmClient.builder()
                .classLoader(jars.loader(slow("create", ""), good))
                .provider("slow", block -> block.set("greetin", "x"))
                .provider("good", block -> {})
                .chain("default", "slow", "good")
                .startPatience(Duration.ofMillis(50))
                .build()) {
            mayStart.countDown();
            assertEquals("its configuration is wrong", awaitUnusable(client));
            assertTrue(closed.await(10, TimeUnit.SECONDS));
            assertEquals(
                    List.of("good"),
                    client.chat("hi").attempts().stream().map(Attempt::provider).toList());
        }
    }

    @Test
    @Tag("fault-9.4")
    void close_duringTheStart_endsWaitingCallsAndClosesTheProviderOnceItHasStarted() throws Exception {
        LlmClient client = client(slow("initialize", ""), "slow");
        CompletableFuture<ChatResponse> waiting = client.chatAsync(ChatRequest.of("hi"));
        client.close();
        assertThrows(CancellationException.class, () -> waiting.get(10, TimeUnit.SECONDS));
        assertEquals(1, closed.getCount());
        mayStart.countDown();
        assertTrue(closed.await(10, TimeUnit.SECONDS));
    }
}
