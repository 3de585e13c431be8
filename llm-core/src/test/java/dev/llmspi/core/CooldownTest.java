package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

/** What ends a cooldown, and what does not. */
class CooldownTest {

    private final ManualTimeSource time = ManualTimeSource.create();
    private final ScriptedProvider provider = ScriptedProvider.named("p");

    private LlmClient client() {
        return LlmClient.builder()
                .timeSource(time)
                .provider(provider)
                .chain("default", "p")
                .set("llm.retry.max-retries", 0)
                .build();
    }

    private static Instant until(LlmClient client) {
        return client.health().stream()
                .flatMap(status -> status.until().stream())
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    private static LlmException slowDown(int seconds) {
        return LlmRateLimitException.builder()
                .message("slow down")
                .retryAfter(Duration.ofSeconds(seconds))
                .build();
    }

    @Test
    void success_ofACallOlderThanTheCooldown_doesNotEndIt() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        provider.then((request, context) -> {
            await(release);
            return ScriptedProvider.named("p").answers("old").chat(request, context);
        });
        provider.fails(ErrorKind.RESOURCE_EXHAUSTED).answers("new");
        try (LlmClient client = client()) {
            CompletableFuture<ChatResponse> old = client.chatAsync(ChatRequest.of("hi"));
            provider.awaitCalls(1);
            time.advance(Duration.ofSeconds(1));
            assertThrows(LlmException.class, () -> client.chat("hi"));
            release.countDown();
            assertEquals("old", old.get(5, TimeUnit.SECONDS).text());
            assertEquals(HealthStatus.State.COOLDOWN, client.health().get(0).state());
            time.advance(Duration.ofSeconds(1));
            client.chat("hi"); // began after it: proves that the provider is back
            assertEquals(HealthStatus.State.AVAILABLE, client.health().get(0).state());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(10, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void failure_withAShorterCooldown_doesNotShortenTheLongerOne() {
        provider.fails(slowDown(100)).fails(slowDown(5)).fails(slowDown(200));
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
    void rejectedKey_ofAnAccountWithALabel_concernsAllThatShareTheLabel() {
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
}
