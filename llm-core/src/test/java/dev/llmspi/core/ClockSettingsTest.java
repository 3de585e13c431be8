package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which setting of a clock reaches the provider: the more specific one; and how long the cooldowns of the configuration last. */
class ClockSettingsTest {

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
    void clock_mostSpecificSetting_reachesTheProvider(String settings, long connect, long remaining) {
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

    @Test
    void clock_ofTheCall_winsOverTheProviders() {
        try (LlmClient client =
                builder("llm.providers.p.timeouts.attempt = 20s").build()) {
            CallOptions options =
                    CallOptions.builder().attemptTimeout(Duration.ofSeconds(2)).build();
            client.chat(ChatRequest.of("hi"), options);
            assertEquals(Duration.ofSeconds(2), provider.contexts().get(0).remaining());
        }
    }

    @ParameterizedTest
    @CsvSource({"cooldown.exhausted = 40s, 0, 40", "cooldown.exhausted = 40s, 50, 50", "cooldown.max = 45s, 50, 45"})
    void cooldown_afterCreditRanOut_lastsAsConfiguredOrAsked(String setting, long asked, long expected) {
        ScriptedProvider empty = ScriptedProvider.named("empty")
                .fails(LlmException.builder(ErrorKind.RESOURCE_EXHAUSTED)
                        .message("empty")
                        .retryAfter(asked == 0 ? null : Duration.ofSeconds(asked))
                        .build());
        try (LlmClient client = builder("llm." + setting).provider(empty).build()) {
            CallOptions alone = CallOptions.builder().provider("empty").build();
            assertThrows(LlmException.class, () -> client.chat(ChatRequest.of("hi"), alone));
            HealthStatus state = client.health().stream()
                    .filter(status -> status.state() == HealthStatus.State.COOLDOWN)
                    .findFirst()
                    .orElseThrow();
            assertEquals(
                    Duration.ofSeconds(expected),
                    Duration.between(state.since().orElseThrow(), state.until().orElseThrow()));
        }
    }
}
