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
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A future's caller is freed in time, whatever provider and executor do. */
@Timeout(30)
class AsyncCallTest {

    private static final CallOptions SHORT =
            CallOptions.builder().timeout(Duration.ofMillis(150)).build();

    private final CountDownLatch release = new CountDownLatch(1);
    private final ScriptedProvider provider = ScriptedProvider.named("p");

    private LlmClientBuilder builder() {
        return LlmClient.builder().provider(provider).chain("default", "p").set("llm.retry.max-retries", 0);
    }

    private ChatResponse ignoreTheEnd(ChatRequest request, CallContext context) {
        while (true) {
            try {
                release.await();
                return ScriptedProvider.named("p").answers("late").chat(request, context);
            } catch (InterruptedException e) {
                // as a provider would that swallows interrupts
            }
        }
    }

    private static void assertTotalTimeout(CompletableFuture<ChatResponse> future) throws Exception {
        long start = System.nanoTime();
        ExecutionException thrown = assertThrows(ExecutionException.class, () -> future.get(10, TimeUnit.SECONDS));
        LlmException error = LlmException.from(thrown).orElseThrow();
        assertInstanceOf(LlmTimeoutException.class, error);
        assertEquals(ErrorReason.TOTAL_TIMEOUT, error.reason().orElseThrow());
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        assertTrue(took < 500, "took " + took + " ms");
    }

    @Test
    void chatAsync_providerIgnoresItsEnd_callerIsFreedAtTheDeadline() throws Exception {
        provider.then(this::ignoreTheEnd);
        LlmClient client = builder().build();
        CompletableFuture<ChatResponse> future = client.chatAsync(ChatRequest.of("hi"), SHORT);
        assertTotalTimeout(future);
        release.countDown();
        assertTrue(client.shutdown(Duration.ofSeconds(5)));
    }

    @Test
    void streamAsync_providerIgnoresItsEnd_callerIsFreedAtTheDeadline() throws Exception {
        provider.then(this::ignoreTheEnd);
        LlmClient client = builder().build();
        assertTotalTimeout(client.streamAsync(ChatRequest.of("hi"), SHORT, new ChatStreamHandler() {}));
        release.countDown();
        assertTrue(client.shutdown(Duration.ofSeconds(5)));
    }

    @Test
    void chatAsync_executorDropsTheTask_callerIsFreedAtTheDeadlineAndTheCallCountedOut() throws Exception {
        LlmClient client = builder().executor(task -> {}).build();
        assertTotalTimeout(client.chatAsync(ChatRequest.of("hi"), SHORT));
        assertTrue(client.shutdown(Duration.ofSeconds(5)));
        assertEquals(0, provider.calls());
    }

    @Test
    void streamAsync_executorDropsTheTask_callerIsFreedAtTheDeadlineAndTheCallCountedOut() throws Exception {
        LlmClient client = builder().executor(task -> {}).build();
        assertTotalTimeout(client.streamAsync(ChatRequest.of("hi"), SHORT, new ChatStreamHandler() {}));
        assertTrue(client.shutdown(Duration.ofSeconds(5)));
        assertEquals(0, provider.calls());
    }

    @Test
    void chatAsync_executorThrows_futureFailsWithItsReason() {
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

    @Test
    void streamAsync_handlerThrows_futureFailsWithItAndTheAttemptEnds() {
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
