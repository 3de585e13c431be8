package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmRateLimitException;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which clocks say something of a provider: those of the configuration, not a caller's own short ones. On the machine's clock. */
class HealthClockTest {

    private static final Duration SHORT = Duration.ofMillis(100);

    private final ScriptedProvider silent =
            ScriptedProvider.named("silent").hangs().repeat();

    private LlmClientBuilder builder() {
        return LlmClient.builder()
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
    void attemptClock_ofTheCaller_doesNotCount() {
        try (LlmClient client = builder().build()) {
            CallOptions hurried = CallOptions.builder().attemptTimeout(SHORT).build();
            assertEquals(HealthStatus.State.AVAILABLE, afterTwoCalls(client, hurried));
        }
    }

    @Test
    void totalClock_ofTheCaller_doesNotCount() {
        try (LlmClient client = builder().build()) {
            CallOptions hurried = CallOptions.builder().timeout(SHORT).build();
            assertEquals(HealthStatus.State.AVAILABLE, afterTwoCalls(client, hurried));
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
    void clock_ofTheConfiguration_counts(String path) {
        try (LlmClient client = builder().set(path, SHORT).build()) {
            CallOptions agent = CallOptions.builder().agent("a").build();
            assertEquals(HealthStatus.State.COOLDOWN, afterTwoCalls(client, agent));
        }
    }

    @Test
    void attemptClock_ofACallerWithMorePatience_counts() {
        try (LlmClient client = builder().set("llm.timeouts.attempt", SHORT).build()) {
            CallOptions patient =
                    CallOptions.builder().attemptTimeout(SHORT.multipliedBy(3)).build();
            assertEquals(HealthStatus.State.COOLDOWN, afterTwoCalls(client, patient));
        }
    }

    @Test
    void totalClock_overAnAttemptThatBeganAtTheEnd_doesNotCount() {
        ScriptedProvider late = ScriptedProvider.named("late")
                .then((request, context) -> {
                    throw LlmRateLimitException.builder()
                            .message("slow down")
                            .retryAfter(context.remaining().minusMillis(8))
                            .build();
                })
                .hangs()
                .repeat();
        try (LlmClient client = LlmClient.builder()
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
