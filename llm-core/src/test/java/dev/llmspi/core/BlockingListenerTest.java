package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt.Outcome;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.error.LlmTimeoutException;
import dev.llmspi.api.event.AttemptFinished;
import dev.llmspi.api.event.AttemptStarted;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that a listener that blocks cannot keep other threads from ending the call. */
@Timeout(60)
class BlockingListenerTest {

    private static final ChatRequest HELLO = ChatRequest.of("hi");
    private static final CallOptions SHORT =
            CallOptions.builder().timeout(Duration.ofMillis(300)).build();

    /** The event whose listener blocks. */
    private enum Blocked {
        ATTEMPT_STARTED,
        ATTEMPT_FINISHED,
        CALL_FINISHED
    }

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final ScriptedProvider provider = ScriptedProvider.named("p");
    private final RecordingListener recorded = RecordingListener.create();
    private final AtomicReference<Runnable> whileBlocked = new AtomicReference<>(this::awaitRelease);
    private LlmClient client;

    private void awaitRelease() {
        boolean released = false;
        while (!released) {
            try {
                released = release.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                // a listener that ignores interrupts
            }
        }
    }

    private LlmClientBuilder builder(Blocked blocked) {
        return LlmClient.builder()
                .provider(provider)
                .chain("default", "p")
                .set("llm.retry.max-retries", 0)
                .listener(recorded)
                .listener(new LlmListener() {
                    private void block(Blocked event) {
                        if (event == blocked) {
                            reached.countDown();
                            whileBlocked.get().run();
                        }
                    }

                    @Override
                    public void attemptStarted(AttemptStarted event, BiConsumer<String, String> headers) {
                        block(Blocked.ATTEMPT_STARTED);
                    }

                    @Override
                    public void attemptFinished(AttemptFinished event) {
                        block(Blocked.ATTEMPT_FINISHED);
                    }

                    @Override
                    public void callFinished(CallFinished event) {
                        block(Blocked.CALL_FINISHED);
                    }
                });
    }

    @AfterEach
    void close() {
        release.countDown();
        client.close();
    }

    private CallFinished finished() {
        assertTrue(client.shutdown(Duration.ofSeconds(10)), "a running call");
        List<CallFinished> events = recorded.events(CallFinished.class);
        assertEquals(1, events.size());
        return events.get(0);
    }

    @ParameterizedTest
    @EnumSource
    void chatAsync_listenerBlocks_futureFailsAtTheTotalTimeout(Blocked blocked) throws Exception {
        provider.hangs();
        client = builder(blocked).build();
        CompletableFuture<ChatResponse> future = client.chatAsync(HELLO, SHORT);
        ExecutionException error = assertThrows(ExecutionException.class, () -> future.get(10, TimeUnit.SECONDS));
        assertInstanceOf(LlmTimeoutException.class, error.getCause());
        reached.await();
        release.countDown();
        CallFinished finished = finished();
        assertEquals(Outcome.ERROR, finished.outcome());
        assertEquals(error.getCause(), finished.error().orElseThrow());
        assertEquals(1, recorded.events(AttemptStarted.class).size());
        assertEquals(1, recorded.events(AttemptFinished.class).size());
    }

    @Test
    void chatAsync_answerWhileListenerBlocks_callerAndListenersAreToldTheSame() throws Exception {
        provider.answers("hello");
        client = builder(Blocked.CALL_FINISHED).build();
        CompletableFuture<ChatResponse> future = client.chatAsync(HELLO, SHORT);
        reached.await();
        // The total timeout has no effect on a call that has ended.
        assertThrows(java.util.concurrent.TimeoutException.class, () -> future.get(700, TimeUnit.MILLISECONDS));
        assertFalse(future.isDone());
        release.countDown();
        assertEquals("hello", future.get(10, TimeUnit.SECONDS).text());
        assertEquals(Outcome.SUCCESS, finished().outcome());
    }

    /** Runs the action on another thread while a listener waits for it. */
    private void blockUntilDone(Runnable action) {
        whileBlocked.set(() -> CompletableFuture.runAsync(action)
                .orTimeout(10, TimeUnit.SECONDS)
                .join());
    }

    @Test
    void close_byAThreadThatAListenerWaitsFor_returns() {
        provider.streamsText("hello");
        client = builder(Blocked.ATTEMPT_FINISHED).build();
        try (ChatStream stream = client.stream(HELLO)) {
            blockUntilDone(stream::close);
            Iterator<ChatStreamEvent> events = stream.iterator();
            while (events.hasNext()) {
                events.next();
            }
        }
        finished();
    }

    @Test
    void cancel_byAThreadThatAListenerWaitsFor_returns() throws Exception {
        provider.streamsText("hello");
        client = builder(Blocked.ATTEMPT_FINISHED).build();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        client.publisher(HELLO).subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                blockUntilDone(() -> {
                    subscription.cancel();
                    ended.complete(null);
                });
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(ChatStreamEvent event) {
                // the events do not matter
            }

            @Override
            public void onError(Throwable thrown) {
                ended.completeExceptionally(thrown);
            }

            @Override
            public void onComplete() {
                // the subscription is cancelled before
            }
        });
        ended.get(8, TimeUnit.SECONDS);
        finished();
    }

    @Test
    void chatAsync_executorThrows_listenersReceiveTheSameError() {
        RejectedExecutionException full = new RejectedExecutionException("full");
        client = builder(Blocked.ATTEMPT_STARTED)
                .executor(task -> {
                    throw full;
                })
                .build();
        CompletableFuture<ChatResponse> future = client.chatAsync(HELLO);
        assertTrue(future.isCompletedExceptionally());
        CallFinished finished = finished();
        assertEquals(Outcome.ERROR, finished.outcome());
        assertEquals(full, finished.error().orElseThrow());
    }

    @Test
    void publisher_executorThrows_listenersReceiveTheSameError() {
        RejectedExecutionException full = new RejectedExecutionException("full");
        client = builder(Blocked.ATTEMPT_STARTED)
                .executor(task -> {
                    throw full;
                })
                .build();
        AtomicReference<Throwable> received = new AtomicReference<>();
        client.publisher(HELLO).subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(1);
            }

            @Override
            public void onNext(ChatStreamEvent event) {
                // there is none
            }

            @Override
            public void onError(Throwable thrown) {
                received.set(thrown);
            }

            @Override
            public void onComplete() {
                // does not come
            }
        });
        assertEquals(full, received.get());
        assertEquals(full, finished().error().orElseThrow());
    }
}
