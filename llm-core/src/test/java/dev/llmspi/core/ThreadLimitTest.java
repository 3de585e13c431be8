package dev.llmspi.core;

import static dev.llmspi.core.StreamTest.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt.Outcome;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamHandler;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.CallStarted;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests calls while the process cannot have another thread, and calls after it can again. */
@Timeout(60)
class ThreadLimitTest {

    private static final CallOptions SHORT =
            CallOptions.builder().timeout(Duration.ofMillis(150)).build();

    /** How many threads can still be had. */
    private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);

    private final CountDownLatch refused = new CountDownLatch(1);
    private final RecordingListener listener = RecordingListener.create();
    private final ScriptedProvider provider = ScriptedProvider.named("p");

    private LlmClientBuilder builder() {
        return LlmClient.builder()
                .listener(listener)
                .provider(provider)
                .chain("default", "p")
                .set("llm.retry.max-retries", 0)
                .threads(this::thread);
    }

    private Thread thread(Runnable task) {
        if (left.getAndDecrement() <= 0) {
            refused.countDown();
            throw noThread();
        }
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    }

    private static OutOfMemoryError noThread() {
        return new OutOfMemoryError(
                "unable to create native thread: possibly out of memory or process/resource limits reached");
    }

    private static final Executor FULL = task -> {
        throw noThread();
    };

    private void assertNothingIsCounted(LlmClient client) {
        assertTrue(client.shutdown(Duration.ofSeconds(10)), "a call is still counted");
        assertEquals(
                listener.events(CallStarted.class).size(),
                listener.events(CallFinished.class).size());
    }

    private static LlmException error(CompletableFuture<?> future) {
        ExecutionException thrown = assertThrows(ExecutionException.class, () -> future.get(10, TimeUnit.SECONDS));
        return LlmException.from(thrown).orElseThrow(() -> new AssertionError(thrown));
    }

    private static void assertNoThread(LlmException error) {
        assertInstanceOf(LlmServiceException.class, error);
        assertTrue(error.getMessage().contains("the call needs another thread"), error.getMessage());
        assertFalse(error.requestSent());
        assertFalse(error.callId().isEmpty());
    }

    @Test
    void firstCall_noThreadToSuperviseIt_failsClearlyAndTheNextOneIsSupervised() {
        provider.answers("hello").hangs();
        left.set(0);
        LlmClient client = builder().build();
        assertNoThread(assertThrows(LlmException.class, () -> client.chat("hi")));
        assertEquals(Outcome.ERROR, listener.events(CallFinished.class).get(0).outcome());
        assertEquals(0, provider.calls());
        left.set(1);
        assertEquals("hello", client.chat("hi").text());
        LlmException late = assertThrows(LlmException.class, () -> client.chat(ChatRequest.of("hi"), SHORT));
        assertEquals(ErrorReason.TOTAL_TIMEOUT, late.reason().orElseThrow());
        assertNothingIsCounted(client);
    }

    @Test
    void firstCall_isAsynchronousOrAStream_failsWhereItsErrorsAreExpected() {
        left.set(0);
        LlmClient client = builder().build();
        assertNoThread(error(client.chatAsync(ChatRequest.of("hi"))));
        assertNoThread(error(client.completeAsync("hi")));
        assertNoThread(error(client.streamAsync(ChatRequest.of("hi"), CallOptions.none(), new ChatStreamHandler() {})));
        try (ChatStream stream = client.stream(ChatRequest.of("hi"))) {
            assertNoThread(assertThrows(LlmException.class, stream::collect));
        }
        assertNoThread(error(AllEvents.of(client.publisher(ChatRequest.of("hi")))));
        assertNothingIsCounted(client);
    }

    @Test
    void asynchronousCall_executorHasNoThread_failsClearlyAndTheNextOneIsAnswered() throws Exception {
        provider.answers("hello");
        AtomicInteger free = new AtomicInteger();
        LlmClient client = builder()
                .executor(task -> (free.get() > 0 ? (Executor) Runnable::run : FULL).execute(task))
                .build();
        assertNoThread(error(client.chatAsync(ChatRequest.of("hi"))));
        assertNoThread(error(client.streamAsync(ChatRequest.of("hi"), CallOptions.none(), new ChatStreamHandler() {})));
        assertNoThread(error(AllEvents.of(client.publisher(ChatRequest.of("hi")))));
        free.set(1);
        ChatResponse answer = client.chatAsync(ChatRequest.of("hi")).get(10, TimeUnit.SECONDS);
        assertEquals("hello", answer.text());
        assertNothingIsCounted(client);
    }

    @Test
    void unreadStream_noThreadAtItsTimeout_endsWhenThereIsOneAgain() {
        provider.streamsThenHangs(text("a"));
        LlmClient client = builder().build();
        client.stream(ChatRequest.of("hi"), SHORT);
        Iterator<ChatStreamEvent> readOnce =
                client.stream(ChatRequest.of("hi"), SHORT).iterator();
        readOnce.next();
        left.set(0);
        Latches.await(refused);
        assertEquals(0, listener.events(CallFinished.class).size());
        left.set(10);
        assertNothingIsCounted(client);
        assertEquals(2, listener.events(CallFinished.class).size());
    }

    @Test
    void unreadStream_noThreadWhenTheClientCloses_endsWhenThereIsOneAgain() {
        LlmClient client = builder().build();
        client.stream(ChatRequest.of("hi"));
        left.set(0);
        client.close();
        Latches.await(refused);
        left.set(10);
        assertFalse(client.shutdown(Duration.ofSeconds(10)), "the stream was cancelled");
        assertEquals(1, listener.events(CallFinished.class).size());
    }

    @Test
    void droppedTask_noThreadAtItsTimeout_futureAndSubscriberAreCompletedWhenThereIsOneAgain() {
        LlmClient client = builder()
                .executor(task -> {})
                .set("llm.timeouts.total", "150ms")
                .build();
        CompletableFuture<ChatResponse> future = client.chatAsync(ChatRequest.of("hi"));
        CompletableFuture<Void> subscriber = AllEvents.of(client.publisher(ChatRequest.of("hi")));
        left.set(0);
        Latches.await(refused);
        assertFalse(future.isDone());
        left.set(10);
        assertEquals(ErrorReason.TOTAL_TIMEOUT, error(future).reason().orElseThrow());
        assertEquals(ErrorReason.TOTAL_TIMEOUT, error(subscriber).reason().orElseThrow());
        assertNothingIsCounted(client);
    }

    @Test
    void provider_hasNoThread_isNotToBlameAndTheNextLinkAnswers() {
        ScriptedProvider next = ScriptedProvider.named("next").answers("hello").repeat();
        provider.throwing(noThread()).repeat();
        LlmClient client =
                builder().provider(next).chain("default", "p", "next").build();
        for (int i = 0; i < 5; i++) {
            ChatResponse answer = client.chat(ChatRequest.of("hi"));
            assertEquals("hello", answer.text());
            assertTrue(answer.attempts().get(0).message().contains("another thread"), answer.attempts()::toString);
        }
        assertEquals(5, provider.calls());
        assertNothingIsCounted(client);
    }

    @Test
    void stream_terminatedWhileItIsReadWithoutAThread_endsOnTheReadersThread() {
        provider.streamsText("hello");
        Cancellation cancellation = Cancellation.create();
        LlmClient client = builder()
                .wrapCalls(inner -> new LlmProviderDecorator(inner) {
                    @Override
                    public ChatStream stream(ChatRequest request, CallContext context) {
                        ChatStream.Source source =
                                inner().stream(request, context).source();
                        return ChatStream.of(
                                new ChatStream.Source() {
                                    @Override
                                    public ChatStreamEvent next() {
                                        ChatStreamEvent event = source.next();
                                        left.set(0);
                                        cancellation.cancel();
                                        return event;
                                    }

                                    @Override
                                    public void close() {
                                        source.close();
                                    }
                                },
                                answer -> answer);
                    }
                })
                .build();
        ChatStream stream = client.stream(
                ChatRequest.of("hi"),
                CallOptions.builder().cancellation(cancellation).build());
        assertTrue(stream.iterator().hasNext());
        assertEquals(1, listener.events(CallFinished.class).size());
        assertNothingIsCounted(client);
    }
}
