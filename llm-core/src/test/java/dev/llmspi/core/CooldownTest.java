package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmRateLimitException;
import dev.llmspi.api.event.CooldownChanged;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests how long a cooldown lasts, what ends it, and which accounts it affects. */
class CooldownTest {

    private final ManualTimeSource time = ManualTimeSource.create();
    private final ScriptedProvider provider = ScriptedProvider.named("p");

    private LlmClient client() {
        return builder().build();
    }

    private LlmClientBuilder builder() {
        return LlmClient.builder()
                .timeSource(time)
                .provider(provider)
                .chain("default", "p")
                .set("llm.retry.max-retries", 0);
    }

    private static Instant until(LlmClient client) {
        return client.health().stream()
                .flatMap(status -> status.until().stream())
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    private static LlmException rateLimit(int seconds) {
        return LlmRateLimitException.builder()
                .message("slow down")
                .retryAfter(Duration.ofSeconds(seconds))
                .build();
    }

    @Test
    void chat_callFromBeforeTheCooldownSucceeds_doesNotEndIt() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        provider.then((request, context) -> {
            Latches.await(release);
            return ScriptedProvider.named("p").answers("old").chat(request, context);
        });
        provider.fails(ErrorKind.RESOURCE_EXHAUSTED).answers("new");
        try (LlmClient client = client()) {
            CompletableFuture<ChatResponse> old = client.chatAsync(ChatRequest.of("hi"));
            provider.awaitCalls(1);
            time.advance(Duration.ofSeconds(1));
            assertThrows(LlmException.class, () -> client.chat("hi"));
            release.countDown();
            assertEquals("old", old.get(10, TimeUnit.SECONDS).text());
            assertEquals(HealthStatus.State.COOLDOWN, client.health().get(0).state());
            time.advance(Duration.ofSeconds(1));
            client.chat("hi"); // this call began after the cooldown and proves that the provider has recovered
            assertEquals(HealthStatus.State.AVAILABLE, client.health().get(0).state());
        }
    }

    @Test
    void chat_laterRateLimitIsShorter_doesNotShortenTheCooldown() {
        provider.fails(rateLimit(100)).fails(rateLimit(5)).fails(rateLimit(200));
        try (LlmClient client = client()) {
            assertThrows(LlmException.class, () -> client.chat("hi"));
            Instant first = until(client);
            assertThrows(LlmException.class, () -> client.chat("hi"));
            assertEquals(first, until(client));
            assertThrows(LlmException.class, () -> client.chat("hi"));
            assertEquals(first.plusSeconds(100), until(client));
        }
    }

    @Test
    void chat_keyOfALabelledAccountIsRejected_allProvidersWithTheLabelAreSkipped() {
        RecordingListener listener = RecordingListener.create();
        provider.fails(ErrorKind.AUTHENTICATION);
        ScriptedProvider twin = ScriptedProvider.named("twin");
        ScriptedProvider other = ScriptedProvider.named("other").answers("hello");
        try (LlmClient client = LlmClient.builder()
                .timeSource(time)
                .listener(listener)
                .provider(provider)
                .provider(twin)
                .provider(other)
                .text(
                        "llm { providers { p.account = team, twin.account = team, other.account = mine },"
                                + " chains.default = [p, twin, other] }",
                        "test")
                .build()) {
            ChatResponse answer = client.chat("hi");
            assertEquals("other", answer.provider());
            assertEquals(Attempt.Outcome.SKIPPED, answer.attempts().get(1).outcome());
        }
        assertEquals(0, twin.calls());
        assertEquals(
                Optional.of("team"),
                listener.events(CooldownChanged.class).get(0).account());
    }

    @ParameterizedTest
    @CsvSource({"cooldown.exhausted = 40s, 0, 40", "cooldown.exhausted = 40s, 50, 50", "cooldown.max = 45s, 50, 45"})
    void chat_accountIsExhausted_cooldownLastsAsConfiguredOrRequested(String setting, long retryAfter, long expected) {
        provider.fails(LlmException.builder(ErrorKind.RESOURCE_EXHAUSTED)
                .message("empty")
                .retryAfter(retryAfter == 0 ? null : Duration.ofSeconds(retryAfter))
                .build());
        try (LlmClient client = builder().text("llm." + setting, "test").build()) {
            assertThrows(LlmException.class, () -> client.chat("hi"));
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
