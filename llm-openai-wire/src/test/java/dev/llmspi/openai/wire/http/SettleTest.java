package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.openai.wire.OpenAiDialect;
import dev.llmspi.openai.wire.OpenAiWire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream stays open after the finish reason, and the attempt's clock is shorter than we would wait. */
@Timeout(20)
class SettleTest {

    @Test
    void silenceAfterFinish_clockShorterThanTheSettleTime_completes() throws Exception {
        String events = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\n";
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try (RawServer server = new RawServer((number, connection) -> {
                    connection.request();
                    connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + events);
                    connection.awaitEnd();
                });
                LlmProvider provider = provider(server)) {
            Cancellation cancellation = Cancellation.create();
            Duration limit = Duration.ofMillis(700);
            CallContext context = CallContext.builder()
                    .timeout(limit)
                    .cancellation(cancellation)
                    .build();
            clock.schedule(cancellation::cancel, limit.toMillis(), TimeUnit.MILLISECONDS);
            ChatRequest hello = ChatRequest.of("Hello").toBuilder().model("m").build();
            try (ChatStream stream = provider.stream(hello, context)) {
                assertEquals("Hi", stream.collect().text());
            }
        } finally {
            clock.shutdownNow();
        }
    }

    private static LlmProvider provider(RawServer server) {
        String base = server.uri().toString().replace("/chat/completions", "");
        return OpenAiWire.provider(
                new ProviderConfig(
                        "local",
                        "llm.providers.local",
                        Map.of("base-url", base, "api-key", "sk-c4n4ry0123456789"),
                        path -> "",
                        new ArrayList<>(),
                        TimeSource.system()),
                new OpenAiDialect() {});
    }
}
