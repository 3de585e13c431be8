package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmRateLimitException;
import dev.llmspi.core.call.Silence;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which expired timeouts count as provider failures: configured ones, but not shorter ones set by the caller. */
@Timeout(30)
class HealthTimeoutTest {

    private static final Duration SHORT = Duration.ofSeconds(1);

    private final ManualTimeSource time = ManualTimeSource.create();
    private final ScriptedProvider silent =
            ScriptedProvider.named("silent").then(this::isSilent).repeat();

    private ChatResponse isSilent(ChatRequest request, CallContext context) {
        throw Silence.pass(context.remaining(), time, context);
    }

    private LlmClientBuilder builder() {
        return LlmClient.builder()
                .timeSource(time)
                .provider(silent)
                .chain("default", "silent")
                .set("llm.retry.max-retries", 0)
                .set("llm.cooldown.after-failures", 2)
                .set("llm.cooldown.of-attempts", 2);
    }

    private HealthStatus.State afterTwoCalls(LlmClient client, CallOptions options) {
        for (int i = 0; i < 2; i++) {
            assertEquals(
                    ErrorKind.TIMEOUT,
                    assertThrows(LlmException.class, () -> client.chat(ChatRequest.of("hi"), options))
                            .kind());
        }
        return client.health().stream().reduce((a, b) -> b).orElseThrow().state();
    }

    @Test
    void chat_attemptTimeoutOfTheCaller_doesNotCount() {
        try (LlmClient client = builder().build()) {
            CallOptions shorter = CallOptions.builder().attemptTimeout(SHORT).build();
            assertEquals(HealthStatus.State.AVAILABLE, afterTwoCalls(client, shorter));
        }
    }

    @Test
    void chat_totalTimeoutOfTheCaller_doesNotCount() {
        try (LlmClient client = builder().build()) {
            CallOptions shorter = CallOptions.builder().timeout(SHORT).build();
            assertEquals(HealthStatus.State.AVAILABLE, afterTwoCalls(client, shorter));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llm.timeouts.attempt",
                "llm.timeouts.total",
                "llm.providers.silent.timeouts.attempt",
                "llm.providers.silent.timeouts.total",
                "llm.agents.a.timeouts.attempt",
                "llm.agents.a.timeouts.total"
            })
    void chat_configuredTimeout_counts(String path) {
        try (LlmClient client = builder().set(path, SHORT).build()) {
            CallOptions agent = CallOptions.builder().agent("a").build();
            assertEquals(HealthStatus.State.COOLDOWN, afterTwoCalls(client, agent));
        }
    }

    @Test
    void chat_attemptTimeoutOfTheCallerIsLongerThanTheConfigured_counts() {
        try (LlmClient client = builder().set("llm.timeouts.attempt", SHORT).build()) {
            CallOptions longer =
                    CallOptions.builder().attemptTimeout(SHORT.multipliedBy(3)).build();
            assertEquals(HealthStatus.State.COOLDOWN, afterTwoCalls(client, longer));
        }
    }

    @Test
    void chat_attemptBeganShortlyBeforeTheTotalTimeout_doesNotCount() {
        ScriptedProvider late = ScriptedProvider.named("late")
                .then((request, context) -> {
                    throw LlmRateLimitException.builder()
                            .message("slow down")
                            .retryAfter(context.remaining().minusMillis(8))
                            .build();
                })
                .then(this::isSilent)
                .repeat();
        try (LlmClient client = LlmClient.builder()
                .timeSource(time)
                .provider(late)
                .chain("default", "late")
                .set("llm.timeouts.total", Duration.ofMillis(400))
                .set("llm.retry.max-retries", 1)
                .set("llm.cooldown.after-failures", 1)
                .set("llm.cooldown.of-attempts", 1)
                .build()) {
            LlmException error = assertThrows(LlmException.class, () -> client.chat("hi"));
            assertTrue(
                    client.health().stream().noneMatch(status -> status.kind().equals(Optional.of(ErrorKind.TIMEOUT))),
                    () -> client.health() + " after " + error.attempts());
        }
    }
}
