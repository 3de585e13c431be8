package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that the most specific setting of a timeout reaches the provider. */
class TimeoutSettingsTest {

    private final ManualTimeSource time = ManualTimeSource.create();
    private final ScriptedProvider provider =
            ScriptedProvider.named("p").answers("hello").repeat();

    private LlmClientBuilder builder(String settings) {
        return LlmClient.builder()
                .timeSource(time)
                .text(settings, "test")
                .provider(provider)
                .chain("default", "p");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "llm.timeouts { connect = 3s, attempt = 20s }                                        | 3  | 20",
                "llm { timeouts.connect = 3s, providers.p.timeouts { connect = 4s, attempt = 21s } } | 4  | 21",
                "llm { timeouts.attempt = 20s, agents.a.timeouts { connect = 5s, attempt = 22s } }   | 5  | 22",
                "llm { agents.a.timeouts.attempt = 22s, modes.m.timeouts.attempt = 23s }             | 10 | 23",
                "llm { timeouts.total = 7s }                                                         | 10 | 7",
                "llm { agents.a.timeouts.total = 8s }                                                | 10 | 8",
                "llm { providers.p.timeouts.total = 9s }                                             | 10 | 9",
                "llm { agents.a.model = x }                                                          | 10 | 60"
            })
    void chat_mostSpecificTimeout_reachesTheProvider(String settings, long connect, long remaining) {
        CallOptions.Builder options = CallOptions.builder().agent("a");
        if (settings.contains("modes")) {
            options.mode("m");
        }
        try (LlmClient client = builder(settings).build()) {
            client.chat(ChatRequest.of("hi"), options.build());
            CallContext context = provider.contexts().get(0);
            assertEquals(Duration.ofSeconds(connect), context.connectTimeout());
            assertEquals(Duration.ofSeconds(remaining), context.remaining());
        }
    }

    /**
     * If only LLM_REQUEST_TIMEOUT is set, streams wait just as long, and the total timeout leaves room for one attempt
     * at each link.
     */
    @Test
    void chat_attemptTimeoutAlone_reachesStreamsAndIsNotCutByTheTotal() {
        List<Duration> remaining = new ArrayList<>();
        ScriptedProvider recording = ScriptedProvider.named("recording")
                .then((request, context) -> {
                    remaining.add(context.remaining());
                    return provider.chat(request, context);
                })
                .repeat();
        try (LlmClient client = LlmClient.builder()
                .timeSource(time)
                .environment(Map.of("LLM_REQUEST_TIMEOUT", "900"))
                .provider(recording)
                .provider(ScriptedProvider.named("next"))
                .build()) {
            client.chat("hi");
            client.stream(ChatRequest.of("hi")).collect();
            client.registry().get("recording").chat(ChatRequest.of("hi"), CallContext.create());
            CallOptions total =
                    CallOptions.builder().timeout(Duration.ofSeconds(100)).build();
            client.chat(ChatRequest.of("hi"), total);
            assertEquals(
                    List.of(900L, 900L, 900L, 50L),
                    remaining.stream().map(Duration::toSeconds).toList());
        }
    }

    @Test
    void chat_attemptTimeoutOfTheCall_overridesThatOfTheProvider() {
        try (LlmClient client =
                builder("llm.providers.p.timeouts.attempt = 20s").build()) {
            CallOptions options =
                    CallOptions.builder().attemptTimeout(Duration.ofSeconds(2)).build();
            client.chat(ChatRequest.of("hi"), options);
            assertEquals(Duration.ofSeconds(2), provider.contexts().get(0).remaining());
        }
    }
}
