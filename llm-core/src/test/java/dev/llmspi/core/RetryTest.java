package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmRateLimitException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When one provider is asked again, and after which wait. */
class RetryTest {

    private final ManualTimeSource time = ManualTimeSource.create();

    private LlmClient client(ScriptedProvider... providers) {
        return builder(providers).build();
    }

    private LlmClientBuilder builder(ScriptedProvider... providers) {
        LlmClientBuilder builder = LlmClient.builder().timeSource(time);
        String[] names = new String[providers.length];
        for (int i = 0; i < providers.length; i++) {
            builder.provider(providers[i]);
            names[i] = providers[i].name();
        }
        return builder.chain("default", names);
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorKind.class,
            names = {"CONNECTION", "SERVICE", "RATE_LIMIT", "TIMEOUT"})
    void chat_errorThatMayPass_isRetriedAndAnswers(ErrorKind kind) {
        ScriptedProvider provider = ScriptedProvider.named("p").fails(kind).answers("hello");
        try (LlmClient client = client(provider)) {
            ChatResponse response = client.chat("hi");
            assertEquals("hello", response.text());
            assertEquals(2, response.attempts().size());
            assertEquals(kind, response.attempts().get(0).kind().orElseThrow());
            assertEquals(Attempt.Outcome.SUCCESS, response.attempts().get(1).outcome());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorKind.class,
            names = {"AUTHENTICATION", "RESOURCE_EXHAUSTED", "INVALID_REQUEST", "MODEL"})
    void chat_errorThatStays_isNotRetried(ErrorKind kind) {
        ScriptedProvider provider = ScriptedProvider.named("p").fails(kind).answers("never");
        try (LlmClient client = client(provider)) {
            LlmException error = assertThrows(LlmException.class, () -> client.chat("hi"));
            assertEquals(kind, error.kind());
            assertEquals(1, provider.calls());
            assertEquals(1, error.attempts().size());
        }
    }

    @Test
    void chat_retriesUsedUp_throwsTheLastErrorWithAllAttemptsAndTheEarlierOnesSuppressed() {
        ScriptedProvider provider =
                ScriptedProvider.named("p").fails(ErrorKind.SERVICE).repeat();
        try (LlmClient client = client(provider)) {
            LlmServiceException error = assertThrows(LlmServiceException.class, () -> client.chat("hi"));
            assertEquals(4, provider.calls());
            assertEquals(4, error.attempts().size());
            assertEquals(3, error.getSuppressed().length);
            assertEquals("p", error.provider());
            assertFalse(error.callId().isEmpty());
            assertTrue(error.getMessage().contains("4. p (scripted-model): SERVICE"), error.getMessage());
        }
    }

    @Test
    void chat_backoff_liesBetweenDelayAndDelayTimesTwoToTheN() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            ManualTimeSource clock = ManualTimeSource.create().randomFrom(random::nextDouble);
            ScriptedProvider provider =
                    ScriptedProvider.named("p").fails(ErrorKind.SERVICE).repeat();
            try (LlmClient client = builder(provider)
                    .timeSource(clock)
                    .set("llm.retry.max-retries", 5)
                    .set("llm.retry.delay", "100ms")
                    .set("llm.retry.max-delay", "1s")
                    .build()) {
                assertThrows(LlmServiceException.class, () -> client.chat("hi"));
            }
            long[] longest = {200, 400, 800, 1000, 1000};
            List<Duration> sleeps = clock.sleeps();
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
            long asked = 1 + random.nextInt(60_000);
            ManualTimeSource clock = ManualTimeSource.create().randomFrom(random::nextDouble);
            ScriptedProvider provider = ScriptedProvider.named("p")
                    .fails(rateLimit(Duration.ofMillis(asked)))
                    .answers("hello");
            try (LlmClient client = builder(provider).timeSource(clock).build()) {
                ChatResponse response = client.chat("hi");
                Duration waited = response.attempts().get(1).waitBefore();
                assertTrue(
                        waited.toMillis() >= asked && waited.toNanos() <= asked * 1_100_000L,
                        "seed " + seed + ": asked " + asked + " ms, waited " + waited);
                assertEquals(
                        Duration.ofMillis(asked),
                        response.attempts().get(0).retryAfter().orElseThrow());
            }
        }
    }

    @Test
    void chat_retryAfterLongerThanTheCap_failsWithoutSleeping() {
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
    void chat_retryAfterBeyondTheDeadline_failsWithoutSleeping() {
        ScriptedProvider provider = ScriptedProvider.named("p")
                .fails(rateLimit(Duration.ofSeconds(30)))
                .answers("never");
        try (LlmClient client = client(provider)) {
            CallOptions options =
                    CallOptions.builder().timeout(Duration.ofSeconds(20)).build();
            assertThrows(LlmRateLimitException.class, () -> client.chat(dev.llmspi.api.ChatRequest.of("hi"), options));
            assertEquals(List.of(), time.sleeps());
        }
    }

    @Test
    void chat_waitLongerThanTheLimitBeforeNext_goesToTheNextProviderAtOnce() {
        ScriptedProvider first = ScriptedProvider.named("first").fails(rateLimit(Duration.ofSeconds(6)));
        ScriptedProvider second = ScriptedProvider.named("second").answers("hello");
        try (LlmClient client = client(first, second)) {
            assertEquals("second", client.chat("hi").provider());
            assertEquals(List.of(), time.sleeps());
        }
    }

    @Test
    void chat_shortWaitWithAnotherProviderLeft_isWaited() {
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
    void chat_afterTimeouts_isRetriedOnceOnly() {
        ScriptedProvider provider =
                ScriptedProvider.named("p").fails(ErrorKind.TIMEOUT).repeat();
        try (LlmClient client = client(provider)) {
            assertThrows(LlmException.class, () -> client.chat("hi"));
            assertEquals(2, provider.calls());
        }
    }

    @Test
    void chat_staleConnection_isRepeatedAtOnceOutsideMaxRetries() {
        LlmException stale = LlmException.builder(ErrorKind.CONNECTION)
                .reason(ErrorReason.STALE_CONNECTION)
                .requestSent(false)
                .message("p: dead connection")
                .build();
        ScriptedProvider provider = ScriptedProvider.named("p").fails(stale).answers("hello");
        try (LlmClient client =
                builder(provider).set("llm.retry.max-retries", 0).build()) {
            ChatResponse response = client.chat("hi");
            assertEquals(2, response.attempts().size());
            assertFalse(response.attempts().get(0).sent());
            assertEquals(List.of(), time.sleeps());
        }
    }

    @Test
    void chat_errorThatSaysNoRetry_isNotRetriedThoughItsKindIs() {
        LlmException error = LlmException.builder(ErrorKind.SERVICE)
                .message("too large")
                .retryHere(false)
                .build();
        ScriptedProvider provider = ScriptedProvider.named("p").fails(error).answers("never");
        try (LlmClient client = client(provider)) {
            assertThrows(LlmServiceException.class, () -> client.chat("hi"));
            assertEquals(1, provider.calls());
        }
    }

    @Test
    void chat_kindsToRetryConfigured_replaceTheDefault() {
        ScriptedProvider provider =
                ScriptedProvider.named("p").fails(ErrorKind.MODEL).fails(ErrorKind.SERVICE);
        try (LlmClient client =
                builder(provider).set("llm.retry.on", "model_error").build()) {
            LlmException error = assertThrows(LlmException.class, () -> client.chat("hi"));
            assertInstanceOf(LlmServiceException.class, error);
            assertEquals(2, provider.calls());
        }
    }

    @Test
    void registryGet_withoutChain_hasItsRetriesAndListsAttempts() {
        ScriptedProvider provider =
                ScriptedProvider.named("p").fails(ErrorKind.SERVICE).answers("hello");
        try (LlmClient client = client(provider)) {
            String text = client.registry().get("p").complete("hi", dev.llmspi.api.CallContext.create());
            assertEquals("hello", text);
            assertEquals(2, provider.calls());
            assertEquals("p", client.registry().get().name());
        }
    }

    @Test
    void chat_jitterBeyondTheDeadline_isLeftOutSoThatNoAttemptBeginsTooLate() {
        ManualTimeSource clock = ManualTimeSource.create().randomFrom(() -> 0.999);
        ScriptedProvider provider = ScriptedProvider.named("p")
                .fails(rateLimit(Duration.ofMillis(9_950)))
                .answers("hello");
        try (LlmClient client = builder(provider)
                .timeSource(clock)
                .set("llm.timeouts.total", "10s")
                .build()) {
            assertEquals("hello", client.chat("hi").text());
            assertEquals(List.of(Duration.ofMillis(9_950)), clock.sleeps());
        }
    }

    @Test
    void chat_backoffBeyondTheShareOfTheLink_isNotWaited() {
        ManualTimeSource clock = ManualTimeSource.create().randomFrom(() -> 0.999);
        ScriptedProvider provider =
                ScriptedProvider.named("p").fails(ErrorKind.SERVICE).answers("too late");
        ScriptedProvider next = ScriptedProvider.named("next").answers("hello");
        try (LlmClient client = builder(provider, next)
                .timeSource(clock)
                .set("llm.timeouts.total", "3s")
                .build()) {
            assertEquals("next", client.chat("hi").provider());
            assertEquals(List.of(), clock.sleeps());
        }
    }

    @Test
    void chat_longestDurations_doNoHarm() {
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
        assertEquals(
                "hello",
                client.chat(dev.llmspi.api.ChatRequest.of("hi"), options).text());
        assertTrue(client.shutdown(forever));
    }

    @Test
    void registryGet_attemptClockOfItsBlock_countsAndListenersAreTold() {
        ScriptedProvider provider = ScriptedProvider.named("p").hangs();
        RecordingListener listener = RecordingListener.create();
        try (LlmClient client = LlmClient.builder()
                .listener(listener)
                .provider(provider)
                .chain("default", "p")
                .text("llm.providers.p { timeouts.attempt = 100ms, retry.max-retries = 0 }", "test")
                .build()) {
            LlmException error = assertThrows(
                    LlmException.class,
                    () -> client.registry().get("p").complete("hi", dev.llmspi.api.CallContext.create()));
            assertEquals(ErrorReason.ATTEMPT_TIMEOUT, error.reason().orElseThrow());
        }
        CallFinished finished = listener.events(CallFinished.class).get(0);
        assertEquals(Attempt.Outcome.ERROR, finished.outcome());
        assertEquals(1, finished.attempts().size());
    }

    private static LlmException rateLimit(Duration retryAfter) {
        return LlmRateLimitException.builder()
                .message("p: slow down")
                .status(429)
                .retryAfter(retryAfter)
                .build();
    }
}
