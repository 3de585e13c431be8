package dev.llmspi.core;

import static dev.llmspi.core.StreamTest.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmTimeoutException;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Tests calls that end while no thread waits for them: unread streams, subscribers without demand, and tasks that never
 * run.
 */
@Timeout(30)
class UnattendedCallTest {

    private static final CallOptions SHORT =
            CallOptions.builder().timeout(Duration.ofMillis(150)).build();

    private final RecordingListener listener = RecordingListener.create();
    private final ScriptedProvider provider = ScriptedProvider.named("p");

    private LlmClientBuilder builder() {
        return LlmClient.builder().listener(listener).provider(provider).chain("default", "p");
    }

    @Test
    void stream_totalTimeoutExpiresUnread_callEnds() throws Exception {
        provider.streamsThenHangs(text("a"));
        LlmClient client = builder().build();
        ChatStream unread = client.stream(ChatRequest.of("hi"), SHORT);
        ChatStream readOnce = client.stream(ChatRequest.of("hi"), SHORT);
        Iterator<ChatStreamEvent> events = readOnce.iterator();
        assertEquals(text("a"), events.next());
        assertTrue(client.shutdown(Duration.ofSeconds(10)));
        assertEquals(2, listener.events(CallFinished.class).size());
        LlmTimeoutException error = assertThrows(LlmTimeoutException.class, events::next);
        assertEquals(ErrorReason.TOTAL_TIMEOUT, error.reason().orElseThrow());
        assertEquals("a", error.partial().orElseThrow().text());
        assertFalse(readOnce.isCancelled());
        assertThrows(LlmTimeoutException.class, unread::collect);
        assertEquals(1, provider.calls());
    }

    @Test
    void publisher_totalTimeoutExpiresWithoutDemand_signalsTheError() throws Exception {
        provider.streamsThenHangs(text("a"), text("b"));
        try (LlmClient client = builder().build()) {
            OneAtMost subscriber = new OneAtMost();
            client.publisher(ChatRequest.of("hi"), SHORT).subscribe(subscriber);
            assertInstanceOf(LlmTimeoutException.class, subscriber.ended());
            assertTrue(client.shutdown(Duration.ofSeconds(5)));
        }
    }

    @Test
    void publisher_clientIsClosedWithoutDemand_signalsTheCancellation() throws Exception {
        provider.streamsThenHangs(text("a"), text("b"));
        LlmClient client = builder().build();
        OneAtMost subscriber = new OneAtMost();
        client.publisher(ChatRequest.of("hi")).subscribe(subscriber);
        provider.awaitCalls(1);
        client.close();
        assertInstanceOf(CancellationException.class, subscriber.ended());
    }

    @Test
    void chatAsync_continuationMakesAnotherCall_doesNotBlockTheWatchdog() throws Exception {
        provider.hangs().repeat();
        try (LlmClient client = builder().executor(task -> {}).build()) {
            CompletableFuture<String> chained = client.chatAsync(ChatRequest.of("hi"), SHORT)
                    .handle((answer, error) -> {
                        LlmException inner =
                                assertThrows(LlmException.class, () -> client.chat(ChatRequest.of("again"), SHORT));
                        assertEquals(ErrorReason.TOTAL_TIMEOUT, inner.reason().orElseThrow());
                        return Thread.currentThread().getName();
                    });
            assertNotEquals("llmspi-watchdog", chained.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void close_taskHasNotRun_futureIsCancelled() throws Exception {
        LlmClient client = builder().executor(task -> {}).build();
        CompletableFuture<ChatResponse> future = client.chatAsync(ChatRequest.of("hi"));
        client.close();
        assertThrows(CancellationException.class, () -> future.get(10, TimeUnit.SECONDS));
    }

    /** A subscriber that requests one event and then no more. */
    private static final class OneAtMost implements Flow.Subscriber<ChatStreamEvent> {
        private final CompletableFuture<Void> ended = new CompletableFuture<>();

        Throwable ended() throws Exception {
            try {
                ended.get(10, TimeUnit.SECONDS);
                return null;
            } catch (ExecutionException e) {
                return e.getCause();
            } catch (CancellationException e) {
                return e;
            }
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(1);
        }

        @Override
        public void onNext(ChatStreamEvent event) {
            // no further event is requested
        }

        @Override
        public void onError(Throwable thrown) {
            ended.completeExceptionally(thrown);
        }

        @Override
        public void onComplete() {
            ended.complete(null);
        }
    }
}
