package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.error.LlmTimeoutException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.it.timing.Stopwatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests that timeouts still end calls after the JVM has run out of memory, also while it reports such an error. */
@Timeout(600)
class OutOfMemoryTest {

    private static final Duration LIMIT = Duration.ofMillis(OutOfMemoryClient.TOTAL_MILLIS + 250);

    @TempDir
    Path folder;

    @Tag("once")
    @Tag("fault-9.13")
    @Test
    void manyClients_memoryRanOut_everyCallStillEndsWithItsTimeout() throws Exception {
        Stopwatch.twoOfThree(() -> {
            Stopwatch watch = Stopwatch.start();
            List<String> lines = ForkedJvm.run(
                    Files.createTempDirectory(folder, "run"),
                    List.of(),
                    List.of("-Xmx32m", "-XX:+UseSerialGC"),
                    OutOfMemoryClient.class);
            assertTrue(lines.stream().anyMatch(line -> line.startsWith("exhausted ")), lines::toString);
            assertNotEquals("exhausted 0", lines.get(0));
            List<Long> took = lines.stream()
                    .filter(line -> line.startsWith("took "))
                    .map(line -> Long.valueOf(line.substring(5)))
                    .toList();
            assertEquals(OutOfMemoryClient.CLIENTS, took.size(), lines::toString);
            for (long millis : took) {
                watch.assertAtMost(LIMIT, Duration.ofMillis(millis), () -> "calls of all clients: " + took);
            }
        });
    }

    /** A provider that never answers and that fails to release its resources. */
    private static final class Broken extends OutOfMemoryClient.Silent {
        @Override
        public ChatResponse chat(ChatRequest request, CallContext context) {
            context.cancellation().onCancel(() -> {
                throw new IllegalStateException("cannot be closed");
            });
            return super.chat(request, context);
        }
    }

    @Tag("fault-9.13")
    @Test
    void call_terminationFailsAndSoDoesItsLogLine_endsWithItsTimeout() throws Exception {
        Logger logger = Logger.getLogger("dev.llmspi.call");
        Handler full = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                throw new OutOfMemoryError("Java heap space");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(full);
        try (LlmClient client = LlmClient.builder()
                .provider(new Broken())
                .chain("default", "silent")
                .set("llm.retry.max-retries", 0)
                .build()) {
            for (int i = 0; i < 3; i++) {
                Stopwatch.twoOfThree(() -> {
                    Stopwatch watch = Stopwatch.start();
                    CompletableFuture<ChatResponse> call = client.chatAsync(
                            ChatRequest.of("hi"),
                            CallOptions.builder()
                                    .timeout(Duration.ofMillis(OutOfMemoryClient.TOTAL_MILLIS))
                                    .build());
                    Throwable end = call.handle((answer, error) -> error).get(10, TimeUnit.SECONDS);
                    watch.assertAtMost(LIMIT, () -> "the end of the call");
                    assertTrue(end instanceof LlmTimeoutException, String.valueOf(end));
                });
            }
        } finally {
            logger.removeHandler(full);
        }
    }
}
