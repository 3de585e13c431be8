package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStreamHandler;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmTimeoutException;
import dev.llmspi.api.event.CallStarted;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that the future of an asynchronous call completes in time, even if the provider or the executor misbehaves. */
@Timeout(30)
class AsyncCallTest {

    private static final CallOptions SHORT =
            CallOptions.builder().timeout(Duration.ofMillis(150)).build();

    private final CountDownLatch release = new CountDownLatch(1);
    private final ScriptedProvider provider = ScriptedProvider.named("p");

    private LlmClientBuilder builder() {
        return LlmClient.builder().provider(provider).chain("default", "p").set("llm.retry.max-retries", 0);
    }

    @Test
    void completeAsync_futureCancelled_endsTheCall() throws Exception {
        provider.hangs();
        try (LlmClient client = builder().build()) {
            CompletableFuture<String> waiting = client.completeAsync("hi");
            provider.awaitCalls(1);
            waiting.cancel(true);
            assertTrue(client.shutdown(Duration.ofSeconds(10)), "the call is still running");
        }
    }

    @Test
    void completeAsync_answer_isItsText() throws Exception {
        provider.answers("hello");
        try (LlmClient client = builder().build()) {
            assertEquals("hello", client.completeAsync("hi").get(10, TimeUnit.SECONDS));
        }
    }

    private ChatResponse ignoreCancellation(ChatRequest request, CallContext context) {
        while (true) {
            try {
                release.await();
                return ScriptedProvider.named("p").answers("late").chat(request, context);
            } catch (InterruptedException e) {
                // ignores the interrupt, like a faulty provider
            }
        }
    }

    private static void assertTotalTimeout(CompletableFuture<ChatResponse> future) throws Exception {
        ExecutionException thrown = assertThrows(ExecutionException.class, () -> future.get(10, TimeUnit.SECONDS));
        LlmException error = LlmException.from(thrown).orElseThrow();
        assertInstanceOf(LlmTimeoutException.class, error);
        assertEquals(ErrorReason.TOTAL_TIMEOUT, error.reason().orElseThrow());
    }

    @Test
    void chatAsync_providerIgnoresItsCancellation_futureFailsAtTheTotalTimeout() throws Exception {
        provider.then(this::ignoreCancellation);
        LlmClient client = builder().build();
        CompletableFuture<ChatResponse> future = client.chatAsync(ChatRequest.of("hi"), SHORT);
        assertTotalTimeout(future);
        release.countDown();
        assertTrue(client.shutdown(Duration.ofSeconds(5)));
    }

    @Test
    void streamAsync_providerIgnoresItsCancellation_futureFailsAtTheTotalTimeout() throws Exception {
        provider.then(this::ignoreCancellation);
        LlmClient client = builder().build();
        assertTotalTimeout(client.streamAsync(ChatRequest.of("hi"), SHORT, new ChatStreamHandler() {}));
        release.countDown();
        assertTrue(client.shutdown(Duration.ofSeconds(5)));
    }

    @Test
    void chatAsync_executorDropsTheTask_futureFailsAtTheTotalTimeoutAndTheCallEnds() throws Exception {
        LlmClient client = builder().executor(task -> {}).build();
        assertTotalTimeout(client.chatAsync(ChatRequest.of("hi"), SHORT));
        assertTrue(client.shutdown(Duration.ofSeconds(5)));
        assertEquals(0, provider.calls());
    }

    @Test
    void streamAsync_executorDropsTheTask_futureFailsAtTheTotalTimeoutAndTheCallEnds() throws Exception {
        LlmClient client = builder().executor(task -> {}).build();
        assertTotalTimeout(client.streamAsync(ChatRequest.of("hi"), SHORT, new ChatStreamHandler() {}));
        assertTrue(client.shutdown(Duration.ofSeconds(5)));
        assertEquals(0, provider.calls());
    }

    @Test
    void chatAsync_executorThrows_futureFailsWithTheSameException() {
        RejectedExecutionException full = new RejectedExecutionException("full");
        LlmClient client = builder()
                .executor(task -> {
                    throw full;
                })
                .build();
        CompletableFuture<ChatResponse> future = client.chatAsync(ChatRequest.of("hi"));
        ExecutionException thrown = assertThrows(ExecutionException.class, () -> future.get(5, TimeUnit.SECONDS));
        assertSame(full, thrown.getCause());
        assertTrue(client.shutdown(Duration.ofSeconds(5)));
        assertEquals(0, provider.calls());
    }

    /** Creates a client that a listener shuts down when the next call is open but its task has no thread yet. */
    private LlmClient clientThatIsShutDownByTheNextCall(AtomicBoolean shutDown) {
        List<LlmClient> clients = new ArrayList<>();
        LlmClient client = builder()
                .listener(new LlmListener() {
                    @Override
                    public LlmListener callStarted(CallStarted event) {
                        if (shutDown.get()) {
                            clients.get(0).shutdown(Duration.ZERO);
                        }
                        return this;
                    }
                })
                .build();
        clients.add(client);
        return client;
    }

    private static void assertRefused(CompletableFuture<ChatResponse> future) {
        ExecutionException thrown = assertThrows(ExecutionException.class, () -> future.get(10, TimeUnit.SECONDS));
        assertInstanceOf(IllegalStateException.class, thrown.getCause());
        assertEquals("the client is closed", thrown.getCause().getMessage());
    }

    @Test
    void chatAsync_firstCallIsStartedDuringShutdown_failsBecauseTheClientIsClosed() {
        assertRefused(clientThatIsShutDownByTheNextCall(new AtomicBoolean(true)).chatAsync(ChatRequest.of("hi")));
        assertEquals(0, provider.calls());
    }

    @Test
    void chatAsync_laterCallIsStartedDuringShutdown_failsBecauseTheClientIsClosed() throws Exception {
        provider.answers("hello");
        AtomicBoolean shutDown = new AtomicBoolean();
        LlmClient client = clientThatIsShutDownByTheNextCall(shutDown);
        client.chatAsync(ChatRequest.of("hi")).get(10, TimeUnit.SECONDS); // the first call creates the executor
        shutDown.set(true);
        assertRefused(client.chatAsync(ChatRequest.of("hi")));
        assertEquals(1, provider.calls());
    }

    @Test
    void streamAsync_handlerThrows_futureFailsWithTheSameExceptionAndTheAttemptEnds() {
        provider.streamsText("a", "b");
        IllegalStateException broken = new IllegalStateException("the handler is broken");
        LlmClient client = builder().build();
        CompletableFuture<ChatResponse> future =
                client.streamAsync(ChatRequest.of("hi"), CallOptions.none(), new ChatStreamHandler() {
                    @Override
                    public void onText(String text) {
                        throw broken;
                    }
                });
        ExecutionException thrown = assertThrows(ExecutionException.class, () -> future.get(5, TimeUnit.SECONDS));
        assertSame(broken, thrown.getCause());
        assertTrue(provider.contexts().get(0).cancellation().isCancelled());
        assertTrue(client.shutdown(Duration.ofSeconds(5)));
        assertEquals(1, provider.calls());
    }
}
