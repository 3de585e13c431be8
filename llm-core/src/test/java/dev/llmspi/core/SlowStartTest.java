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

/** A provider whose start takes its time, beside one that is ready. */
@Timeout(30)
class SlowStartTest {

    /** What the slow provider waits for, and what it says when it is closed: it has no other way to a test. */
    private static final String GATE = "llmspi.test.gate";

    private static final String CLOSED = "llmspi.test.closed";

    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    @TempDir
    Path folder;

    private FactoryJars jars;
    private Path good;

    @BeforeEach
    void theGateIsShut() throws IOException {
        System.getProperties().put(GATE, gate);
        System.getProperties().put(CLOSED, closed);
        jars = new FactoryJars(folder);
        good = jars.provider("good");
    }

    @AfterEach
    void openTheGate() {
        gate.countDown();
        System.getProperties().remove(GATE);
        System.getProperties().remove(CLOSED);
    }

    /** @param then what follows the wait, in {@code create} or {@code initialize} */
    private Path slow(String method, String then) throws IOException {
        String start = "await();" + then;
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
                    private final CountDownLatch gate = latch("%s");
                    private final CountDownLatch closed = latch("%s");
                    private void await() {
                        try {
                            gate.await();
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
                        GATE, CLOSED, method.equals("create") ? start : "", method.equals("initialize") ? start : "")),
                "fake.Slow");
    }

    private LlmClient client(Path slow, String... chain) throws IOException {
        return LlmClient.builder()
                .classLoader(jars.loader(slow, good))
                .provider("slow", block -> {})
                .provider("good", block -> {})
                .chain("default", chain)
                .startPatience(Duration.ofMillis(50))
                .build();
    }

    /** The ways to make a call. */
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
    void call_anotherIsReady_isAnsweredByItAtOnce(BiFunction<LlmClient, CallOptions, ChatResponse> call)
            throws Exception {
        try (LlmClient client = client(slow("initialize", ""), "slow", "good")) {
            long start = System.nanoTime();
            ChatResponse answer = call.apply(client, CallOptions.none());
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(5));
            assertEquals("good", answer.provider());
            Attempt first = answer.attempts().get(0);
            assertEquals(ErrorReason.PROVIDER_FAULT, first.reason().orElseThrow());
            assertFalse(first.sent());
        }
    }

    @ParameterizedTest
    @MethodSource("calls")
    @Tag("fault-9.4")
    void call_nobodyElseLeft_waitsNoLongerThanItsDeadline(BiFunction<LlmClient, CallOptions, ChatResponse> call)
            throws Exception {
        try (LlmClient client = client(slow("create", ""), "slow")) {
            CallOptions soon =
                    CallOptions.builder().timeout(Duration.ofMillis(300)).build();
            long start = System.nanoTime();
            LlmTimeoutException error = assertThrows(LlmTimeoutException.class, () -> call.apply(client, soon));
            long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            assertTrue(took >= 300 && took <= 550, "took " + took + " ms");
            assertEquals(1, error.attempts().size());
            assertFalse(error.attempts().get(0).sent());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "initialize"})
    @Tag("fault-9.4")
    void call_startEndsMeanwhile_isAnswered(String method) throws Exception {
        try (LlmClient client = client(slow(method, ""), "slow")) {
            assertEquals(
                    "good",
                    client.chat(
                                    ChatRequest.of("hi"),
                                    CallOptions.builder().provider("good").build())
                            .text());
            CompletableFuture<ChatResponse> waiting = client.chatAsync(ChatRequest.of("hi"));
            gate.countDown();
            assertEquals("slow", waiting.get(10, TimeUnit.SECONDS).provider());
            assertEquals("slow", client.chat("again").provider());
            assertEquals(List.of(), client.registry().problems());
        }
        assertTrue(closed.await(10, TimeUnit.SECONDS));
    }

    @Test
    @Tag("fault-9.4")
    void call_startFailsInTheEnd_isAnErrorAndTheProviderLeavesItsChains() throws Exception {
        Path slow = slow("initialize", "if (true) throw new IllegalStateException(\"no luck\");");
        try (LlmClient client = client(slow, "slow", "good")) {
            CallOptions alone = CallOptions.builder().provider("slow").build();
            CompletableFuture<ChatResponse> waiting = client.chatAsync(ChatRequest.of("hi"), alone);
            assertEquals(2, client.chat("hi").attempts().size()); // it may still become ready
            gate.countDown();
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

    /** Why the slow provider cannot be used, as soon as that is known. */
    private static String awaitUnusable(LlmClient client) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (client.registry().providers().get(0).usable()) {
            assertTrue(System.nanoTime() < end, "the failed start was never told of");
            Thread.onSpinWait();
        }
        return client.registry().providers().get(0).reason();
    }

    @Test
    @Tag("fault-9.4")
    void build_slowProviderWithAWrongKey_isReportedWhenItIsKnown() throws Exception {
        try (LlmClient client = LlmClient.builder()
                .classLoader(jars.loader(slow("create", ""), good))
                .provider("slow", block -> block.set("greetin", "x"))
                .provider("good", block -> {})
                .chain("default", "slow", "good")
                .startPatience(Duration.ofMillis(50))
                .build()) {
            gate.countDown();
            assertEquals("its configuration is wrong", awaitUnusable(client));
            assertTrue(closed.await(10, TimeUnit.SECONDS));
            assertEquals(
                    List.of("good"),
                    client.chat("hi").attempts().stream().map(Attempt::provider).toList());
        }
    }

    @Test
    @Tag("fault-9.4")
    void close_duringTheStart_endsWaitingCallsAndClosesTheProviderOnceItIsThere() throws Exception {
        LlmClient client = client(slow("initialize", ""), "slow");
        CompletableFuture<ChatResponse> waiting = client.chatAsync(ChatRequest.of("hi"));
        client.close();
        assertThrows(CancellationException.class, () -> waiting.get(10, TimeUnit.SECONDS));
        assertEquals(1, closed.getCount());
        gate.countDown();
        assertTrue(closed.await(10, TimeUnit.SECONDS));
    }
}
