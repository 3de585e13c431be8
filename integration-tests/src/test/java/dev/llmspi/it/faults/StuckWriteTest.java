package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.error.LlmTimeoutException;
import dev.llmspi.core.LlmClient;
import dev.llmspi.it.server.ForgetfulProxy;
import dev.llmspi.it.server.Http2Front;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests an HTTP/2 connection that takes no more bytes while a large request is written to it. */
@Timeout(120)
class StuckWriteTest {

    private static final int WINDOW = 1 << 30;
    private static final int MIB = 1024 * 1024;

    /** The client's socket buffers at most 4 MiB. */
    private static final ChatRequest LARGE = ChatRequest.of("x".repeat(16 * MIB));

    private static LlmClient client(ForgetfulProxy proxy) {
        return LlmClient.builder()
                .provider("primary", block -> block.type("openai")
                        .apiKey("k")
                        .defaultModel("m")
                        .baseUrl("https://127.0.0.1:" + proxy.port() + "/v1")
                        .set("tls", Map.of("trust-store", Http2Front.trustStore())))
                .chain("default", "primary")
                .set("llm.retry.max-retries", 0)
                .set("llm.cooldown.after-failures", 0)
                .set("llm.timeouts.attempt", "2s")
                .build();
    }

    /** Runs the task on a thread of its own, because a wait for a lock cannot be interrupted. */
    private static <T> T inTime(Supplier<T> task) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(task.get());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result.get(20, TimeUnit.SECONDS);
    }

    @Tag("fault-1.15")
    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void writeIsStuck_laterCallsAreAnsweredAndCloseReturns(int laterCalls) throws Exception {
        try (TestUpstream upstream = TestUpstream.start();
                Http2Front front = Http2Front.before(upstream).announceWindows(WINDOW, WINDOW);
                ForgetfulProxy proxy = ForgetfulProxy.before(front.url("").getPort())) {
            upstream.always(Reply.answer("hello"));
            LlmClient client = client(proxy);
            assertEquals("hello", client.chat("hi").text());
            proxy.stopReading();
            assertThrows(LlmTimeoutException.class, () -> client.chat(LARGE));

            for (int i = 0; i < laterCalls; i++) {
                assertEquals("hello", inTime(() -> client.chat("hi")).text());
            }
            inTime(() -> {
                client.close();
                return null;
            });
            assertEquals(laterCalls == 0 ? 1 : 2, proxy.connections());
        }
    }
}
