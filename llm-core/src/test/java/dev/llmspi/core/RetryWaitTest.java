package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmRateLimitException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Tests how long a call waits before a retry. */
class RetryWaitTest {

    private final ManualTimeSource time = ManualTimeSource.create();

    private LlmClient client(ScriptedProvider... providers) {
        return builder(providers).build();
    }

    private LlmClientBuilder builder(ScriptedProvider... providers) {
        return new Bench(time, providers).builder();
    }

    @Test
    void chat_backoff_isBetweenDelayAndDelayTimesTwoToTheN() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            ManualTimeSource own = ManualTimeSource.create().randomFrom(random::nextDouble);
            ScriptedProvider provider =
                    ScriptedProvider.named("p").fails(ErrorKind.SERVICE).repeat();
            try (LlmClient client = builder(provider)
                    .timeSource(own)
                    .set("llm.retry.max-retries", 5)
                    .set("llm.retry.delay", "100ms")
                    .set("llm.retry.max-delay", "1s")
                    .build()) {
                assertThrows(LlmServiceException.class, () -> client.chat("hi"));
            }
            long[] longest = {200, 400, 800, 1000, 1000};
            List<Duration> sleeps = own.sleeps();
            assertEquals(5, sleeps.size());
            for (int n = 0; n < 5; n++) {
                long millis = sleeps.get(n).toMillis();
                assertTrue(
                        millis >= 100 && millis <= longest[n], "seed " + seed + ", retry " + (n + 1) + ": " + millis);
            }
        }
    }

    @Test
    void chat_retryAfter_isNeverShortenedAndAtMostATenthLonger() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 1_000; round++) {
            long retryAfter = 1 + random.nextInt(60_000);
            ManualTimeSource own = ManualTimeSource.create().randomFrom(random::nextDouble);
            ScriptedProvider provider = ScriptedProvider.named("p")
                    .fails(rateLimit(Duration.ofMillis(retryAfter)))
                    .answers("hello");
            try (LlmClient client = builder(provider).timeSource(own).build()) {
                ChatResponse response = client.chat("hi");
                Duration waited = response.attempts().get(1).waitBefore();
                assertTrue(
                        waited.toMillis() >= retryAfter && waited.toNanos() <= retryAfter * 1_100_000L,
                        "seed " + seed + ": Retry-After " + retryAfter + " ms, waited " + waited);
                assertEquals(
                        Duration.ofMillis(retryAfter),
                        response.attempts().get(0).retryAfter().orElseThrow());
            }
        }
    }

    @Test
    void chat_retryAfterIsLongerThanItsCap_failsWithoutWaiting() {
        ScriptedProvider provider = ScriptedProvider.named("p")
                .fails(rateLimit(Duration.ofSeconds(61)))
                .answers("never");
        try (LlmClient client = client(provider)) {
            LlmRateLimitException error = assertThrows(LlmRateLimitException.class, () -> client.chat("hi"));
            assertEquals(Duration.ofSeconds(61), error.retryAfter().orElseThrow());
            assertEquals(List.of(), time.sleeps());
        }
    }

    @Test
    void chat_retryAfterIsBeyondTheTotalTimeout_failsWithoutWaiting() {
        ScriptedProvider provider = ScriptedProvider.named("p")
                .fails(rateLimit(Duration.ofSeconds(30)))
                .answers("never");
        try (LlmClient client = client(provider)) {
            CallOptions options =
                    CallOptions.builder().timeout(Duration.ofSeconds(20)).build();
            assertThrows(LlmRateLimitException.class, () -> client.chat(ChatRequest.of("hi"), options));
            assertEquals(List.of(), time.sleeps());
        }
    }

    @Test
    void chat_retryAfterIsLongerThanMaxWaitBeforeNext_fallsBackWithoutWaiting() {
        ScriptedProvider first = ScriptedProvider.named("first").fails(rateLimit(Duration.ofSeconds(6)));
        ScriptedProvider second = ScriptedProvider.named("second").answers("hello");
        try (LlmClient client = client(first, second)) {
            assertEquals("second", client.chat("hi").provider());
            assertEquals(List.of(), time.sleeps());
        }
    }

    @Test
    void chat_retryAfterIsShortAndAnotherLinkIsLeft_waits() {
        ScriptedProvider first = ScriptedProvider.named("first")
                .fails(rateLimit(Duration.ofSeconds(4)))
                .answers("hello");
        ScriptedProvider second = ScriptedProvider.named("second");
        try (LlmClient client = client(first, second)) {
            assertEquals("first", client.chat("hi").provider());
            assertEquals(1, time.sleeps().size());
        }
    }

    @Test
    void chat_jitterIsBeyondTheTotalTimeout_isLeftOut() {
        ManualTimeSource own = ManualTimeSource.create().randomFrom(() -> 0.999);
        ScriptedProvider provider = ScriptedProvider.named("p")
                .fails(rateLimit(Duration.ofMillis(9_950)))
                .answers("hello");
        try (LlmClient client = builder(provider)
                .timeSource(own)
                .set("llm.timeouts.total", "10s")
                .build()) {
            assertEquals("hello", client.chat("hi").text());
            assertEquals(List.of(Duration.ofMillis(9_950)), own.sleeps());
        }
    }

    @Test
    void chat_backoffIsBeyondTheShareOfTheLink_fallsBackWithoutWaiting() {
        ManualTimeSource own = ManualTimeSource.create().randomFrom(() -> 0.999);
        ScriptedProvider provider =
                ScriptedProvider.named("p").fails(ErrorKind.SERVICE).answers("too late");
        ScriptedProvider next = ScriptedProvider.named("next").answers("hello");
        try (LlmClient client = builder(provider, next)
                .timeSource(own)
                .set("llm.timeouts.total", "3s")
                .build()) {
            assertEquals("next", client.chat("hi").provider());
            assertEquals(List.of(), own.sleeps());
        }
    }

    @Test
    void chat_longestPossibleDurations_doNotOverflow() {
        Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
        ScriptedProvider provider =
                ScriptedProvider.named("p").fails(ErrorKind.SERVICE).answers("hello");
        LlmClient client = builder(provider)
                .set("llm.retry.max-delay", forever)
                .set("llm.retry.max-retry-after", forever)
                .set("llm.timeouts.total", forever)
                .set("llm.timeouts.attempt", forever)
                .build();
        CallOptions options = CallOptions.builder().timeout(forever).build();
        assertEquals("hello", client.chat(ChatRequest.of("hi"), options).text());
        assertTrue(client.shutdown(forever));
    }

    private static LlmException rateLimit(Duration retryAfter) {
        return LlmRateLimitException.builder()
                .message("p: slow down")
                .status(429)
                .retryAfter(retryAfter)
                .build();
    }
}
