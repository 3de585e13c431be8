package dev.llmspi.core;

import static dev.llmspi.core.StreamTest.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Attempt;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.AttemptFinished;
import dev.llmspi.api.event.AttemptStarted;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.RetryScheduled;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that an attempt, however it ends, is listed and reported once and releases everything it held. */
class AttemptEndTest {

    private final RecordingListener listener = RecordingListener.create();
    private final ScriptedProvider provider = ScriptedProvider.named("p");
    private LlmClient client;

    private LlmClientBuilder builder() {
        return LlmClient.builder()
                .listener(listener)
                .timeSource(ManualTimeSource.create())
                .provider(provider)
                .chain("default", "p")
                .set("llm.retry.max-retries", 0);
    }

    /** A source that counts how often it is closed, and throws an exception each time. */
    private static final class Watched implements ChatStream.Source {
        private final Deque<Supplier<ChatStreamEvent>> events;
        private int closed;

        Watched(List<Supplier<ChatStreamEvent>> events) {
            this.events = new ArrayDeque<>(events);
        }

        @Override
        public ChatStreamEvent next() {
            Supplier<ChatStreamEvent> event = events.poll();
            return event == null ? null : event.get();
        }

        @Override
        public void close() {
            closed++;
            throw new IllegalStateException("cannot be closed");
        }
    }

    private LlmClient streaming(Watched source) {
        return LlmClient.builder()
                .listener(listener)
                .provider(new LlmProviderDecorator(provider) {
                    @Override
                    public ChatStream stream(ChatRequest request, CallContext context) {
                        return ChatStream.of("p", source);
                    }
                })
                .chain("default", "p")
                .set("llm.retry.max-retries", 0)
                .build();
    }

    private static ChatStreamEvent broken() {
        throw new IllegalStateException("bug");
    }

    private LlmException failure(Watched source) {
        try (LlmClient client = streaming(source)) {
            return assertThrows(LlmException.class, () -> client.stream(ChatRequest.of("hi"))
                    .collect());
        }
    }

    static Stream<Named<Watched>> failingStreams() {
        return Stream.of(
                named("throws before content", new Watched(List.of(AttemptEndTest::broken))),
                named("throws after content", new Watched(List.of(() -> text("a"), AttemptEndTest::broken))),
                named("ends before content", new Watched(List.of())),
                named("ends after content", new Watched(List.of(() -> text("a")))));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("failingStreams")
    void stream_failsAndItsCloseThrows_isClosedAndKeepsItsOwnError(Watched source) {
        LlmException error = failure(source);
        assertEquals(ErrorKind.SERVICE, error.kind());
        assertTrue(source.closed > 0);
        assertEquals(1, listener.events(CallFinished.class).get(0).attempts().size());
        assertEquals(1, listener.events(AttemptFinished.class).size());
    }

    @Test
    void close_streamInProgress_cancelsTheAttemptOnce() {
        provider.streamsThenHangs(text("a"), text("b"));
        try (LlmClient client = builder().build()) {
            ChatStream stream = client.stream(ChatRequest.of("hi"));
            assertEquals(text("a"), stream.iterator().next());
            assertFalse(provider.contexts().get(0).cancellation().isCancelled());
            stream.close();
            assertTrue(provider.contexts().get(0).cancellation().isCancelled());
            stream.close();
        }
        List<Attempt> attempts = listener.events(CallFinished.class).get(0).attempts();
        assertEquals(1, attempts.size());
        assertEquals(Attempt.Outcome.CANCELLED, attempts.get(0).outcome());
        assertEquals(Optional.of(ErrorReason.CANCELLED), attempts.get(0).reason());
    }

    @Test
    void close_streamInProgress_closesTheStreamOfTheProvider() {
        Watched source = new Watched(List.of(() -> text("a"), () -> text("b")));
        try (LlmClient client = streaming(source)) {
            ChatStream stream = client.stream(ChatRequest.of("hi"));
            stream.iterator().next();
            assertEquals(0, source.closed);
            stream.close(); // succeeds although closing the provider's stream throws
            assertEquals(1, source.closed);
        }
    }

    @Test
    void stream_finishWasRead_streamOfTheProviderIsClosed() {
        Watched source = new Watched(List.of(() -> text("a"), () -> ChatStreamEvent.Finish.of(FinishReason.STOP)));
        try (LlmClient client = streaming(source)) {
            Iterator<ChatStreamEvent> events =
                    client.stream(ChatRequest.of("hi")).iterator();
            events.next();
            assertEquals(0, source.closed);
            assertEquals(ChatStreamEvent.Finish.of(FinishReason.STOP), events.next()); // although closing throws
            assertEquals(1, source.closed);
        }
    }

    @Test
    void chat_outOfMemory_isListedReportedAndRethrown() {
        OutOfMemoryError fatal = new OutOfMemoryError("no room");
        provider.throwing(fatal).repeat();
        try (LlmClient client = builder()
                .set("llm.limits.max-concurrent", 1)
                .set("llm.timeouts.total", "1s")
                .build()) {
            for (int i = 0; i < 2; i++) { // the second call needs the slot of the first one
                assertSame(fatal, assertThrows(OutOfMemoryError.class, () -> client.chat("hi")));
            }
            assertSame(fatal, assertThrows(OutOfMemoryError.class, () -> client.stream(ChatRequest.of("hi"))
                    .collect()));
            assertTrue(client.shutdown(Duration.ofSeconds(5)));
        }
        assertEquals(3, listener.events(AttemptStarted.class).size());
        assertEquals(3, listener.events(AttemptFinished.class).size());
        for (CallFinished call : listener.events(CallFinished.class)) {
            assertEquals(1, call.attempts().size());
            assertEquals(
                    Optional.of(ErrorReason.PROVIDER_FAULT),
                    call.attempts().get(0).reason());
        }
        assertTrue(provider.contexts().stream()
                .allMatch(context -> context.cancellation().isCancelled()));
    }

    static Stream<Arguments> messages() {
        return Stream.of(
                arguments(failed("gone"), "provider \"p\": gone"),
                arguments(failed("provider \"p\": gone"), "provider \"p\": gone"),
                arguments(
                        failed("as the provider says it").toBuilder()
                                .provider("p")
                                .model("m")
                                .build(),
                        "as the provider says it"),
                arguments(
                        failed("without a model").toBuilder().provider("p").build(),
                        "provider \"p\": without a model"));
    }

    private static LlmException failed(String message) {
        return LlmException.builder(ErrorKind.MODEL).message(message).build();
    }

    @ParameterizedTest
    @MethodSource("messages")
    void chat_providerFails_messageNamesItOnceAndTheEntryNotAtAll(LlmException thrown, String expected) {
        provider.fails(thrown);
        try (LlmClient client = builder().build()) {
            LlmException error = assertThrows(LlmException.class, () -> client.chat("hi"));
            assertEquals(expected, error.getMessage());
            assertEquals("p", error.provider());
            assertTrue(error.model().isPresent());
            assertEquals(
                    expected.replace("provider \"p\": ", ""),
                    error.attempts().get(0).message());
        }
    }

    @Test
    void retryScheduled_event_hasTheFailedAttemptAndTheWait() {
        provider.fails(ErrorKind.SERVICE).answers("hello");
        try (LlmClient client = builder().set("llm.retry.max-retries", 1).build()) {
            Attempt second = client.chat("hi").attempts().get(1);
            RetryScheduled event = listener.events(RetryScheduled.class).get(0);
            assertEquals(Duration.ofMillis(1_500), event.delay());
            assertEquals(Optional.of(ErrorKind.SERVICE), event.failed().kind());
            assertEquals(Duration.ofMillis(1_500), second.waitBefore());
            assertEquals(2, second.number());
        }
    }

    /** A client whose decorator asks a provider on another thread, and answers itself without waiting for it. */
    private LlmClient overtaking(CompletableFuture<Throwable> overtaken) {
        CountDownLatch asked = new CountDownLatch(1);
        ScriptedProvider hanging = ScriptedProvider.named("hanging").hangs();
        return builder()
                .provider(ScriptedProvider.named("other").then((request, context) -> {
                    asked.countDown();
                    return hanging.chat(request, context);
                }))
                .wrapCalls(inner -> new LlmProviderDecorator(inner) {
                    @Override
                    public ChatResponse chat(ChatRequest request, CallContext context) {
                        LlmProvider other = client.registry().get("other");
                        new Thread(() -> overtaken.complete(
                                        assertThrows(Exception.class, () -> other.chat(request, context))))
                                .start();
                        Latches.await(asked);
                        return ChatResponse.builder(AssistantMessage.of("early"))
                                .build();
                    }
                })
                .build();
    }

    @Test
    void chat_callWithinItIsStillRunning_endsWithIt() throws Exception {
        CompletableFuture<Throwable> overtaken = new CompletableFuture<>();
        CallLog log = new CallLog();
        client = overtaking(overtaken);
        ChatResponse answer = client.chat(
                ChatRequest.of("hi"), CallOptions.builder().listener(log).build());
        assertInstanceOf(CancellationException.class, overtaken.get(10, TimeUnit.SECONDS));
        assertEquals(1, answer.attempts().size());
        assertEquals(Attempt.Outcome.CANCELLED, answer.attempts().get(0).outcome());
        log.check(answer);
        assertTrue(client.shutdown(Duration.ofSeconds(10)));
    }

    @Test
    void chat_providerIgnoresTheEndOfItsTrial_anotherCallIsTheTrial() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        provider.fails(ErrorKind.SERVICE)
                .then((request, context) -> {
                    Latches.await(release);
                    throw new IllegalStateException("late");
                })
                .answers("hello");
        ScriptedProvider second =
                ScriptedProvider.named("second").answers("from the second").repeat();
        client = LlmClient.builder()
                .provider(provider)
                .provider(second)
                .chain("default", "p", "second")
                .set("llm.retry.max-retries", 0)
                .set("llm.cooldown.after-failures", 1)
                .set("llm.cooldown.of-attempts", 1)
                .set("llm.cooldown.delay", "1ms")
                .set("llm.cooldown.max-delay", "1ms")
                .set("llm.timeouts.attempt", "50ms")
                .build();
        assertEquals("second", client.chat("begins the cooldown").provider());
        CompletableFuture<ChatResponse> stuck = CompletableFuture.supplyAsync(() -> {
            ChatResponse answer = client.chat("trial");
            while (provider.calls() < 2) { // the cooldown is not over yet
                answer = client.chat("trial");
            }
            return answer;
        });
        provider.awaitCalls(2);
        long start = System.nanoTime();
        while (!client.chat("hi").provider().equals("p")) {
            assertTrue(System.nanoTime() - start < 5_000_000_000L, "the trial was never given back");
            Thread.onSpinWait();
        }
        assertFalse(stuck.isDone());
        release.countDown();
        ChatResponse late = stuck.get(10, TimeUnit.SECONDS);
        assertEquals("second", late.provider());
        assertEquals(
                Optional.of(ErrorReason.ATTEMPT_TIMEOUT), late.attempts().get(0).reason());
        assertTrue(client.shutdown(Duration.ofSeconds(10)));
    }
}
