package dev.llmspi.core.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.HealthStatus;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.LlmClientBuilder;
import dev.llmspi.core.settings.TimeoutSettings;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which clock ends an attempt, what the error says of it, and whether it speaks against the provider: to the second. */
@Timeout(60)
class AttemptRecordTest {

    private static final ChatRequest HELLO = ChatRequest.of("hi");

    private final ManualTimeSource time = ManualTimeSource.create();
    private final ScriptedProvider provider = ScriptedProvider.named("p");

    private LlmClientBuilder builder(String settings) {
        return LlmClient.builder()
                .timeSource(time)
                .provider(provider)
                .text(
                        "llm { chains.default = [p], retry.max-retries = 0, "
                                + "cooldown { after-failures = 1, of-attempts = 1 }, " + settings + " }",
                        "test");
    }

    /** Lets the time pass in silence, until a clock ends the attempt. */
    private void silentFor(Duration silence, CallContext context) {
        CountDownLatch ended = new CountDownLatch(1);
        context.cancellation().onCancel(ended::countDown);
        time.advance(silence);
        try {
            assertTrue(ended.await(10, TimeUnit.SECONDS), "no clock has rung");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        throw new IllegalStateException("ended");
    }

    private void silentFor(long seconds) {
        provider.then((request, context) -> {
            silentFor(Duration.ofSeconds(seconds), context);
            throw new AssertionError("not reached");
        });
    }

    /** A stream that says one word and is silent then. */
    private LlmProviderDecorator silentAfterAWord(Duration silence) {
        return new LlmProviderDecorator(provider) {
            @Override
            public ChatStream stream(ChatRequest request, CallContext context) {
                Queue<ChatStreamEvent> said = new ArrayDeque<>(List.of(new ChatStreamEvent.TextDelta("word")));
                return ChatStream.of("p", new ChatStream.Source() {
                    @Override
                    public ChatStreamEvent next() {
                        if (said.isEmpty()) {
                            silentFor(silence, context);
                        }
                        return said.poll();
                    }

                    @Override
                    public void close() {}
                });
            }
        };
    }

    private static LlmException failure(LlmClient client, CallOptions options) {
        return assertThrows(LlmException.class, () -> client.chat(HELLO, options));
    }

    private static LlmException streamFailure(LlmClient client, CallOptions options) {
        return assertThrows(
                LlmException.class, () -> client.stream(HELLO, options).collect());
    }

    private static boolean inCooldown(LlmClient client) {
        return client.health().stream().anyMatch(status -> status.state() == HealthStatus.State.COOLDOWN);
    }

    private static void assertTimeout(ErrorReason reason, String message, LlmException error) {
        assertEquals(Optional.of(reason), error.reason());
        assertEquals(
                "provider \"p\": " + message,
                error.getMessage().lines().findFirst().orElseThrow());
        assertEquals(ErrorKind.TIMEOUT, error.kind());
        assertEquals(Optional.of(reason), error.attempts().get(0).reason());
        assertEquals(message, error.attempts().get(0).message());
    }

    @Test
    void timeout_ofEachClock_namesItAndItsSetting() {
        silentFor(20);
        try (LlmClient client = builder("timeouts.attempt = 20s").build()) {
            assertTimeout(
                    ErrorReason.ATTEMPT_TIMEOUT,
                    "no answer within 20000 ms (attempt clock, llm.timeouts.attempt)",
                    failure(client, CallOptions.none()));
        }
        silentFor(30);
        try (LlmClient client = builder("").build()) {
            assertTimeout(
                    ErrorReason.FIRST_TOKEN_TIMEOUT,
                    "no content within 30000 ms (first-token clock, llm.timeouts.first-token)",
                    streamFailure(client, CallOptions.none()));
        }
        silentFor(20);
        try (LlmClient client = builder("timeouts.attempt = 20s").build()) {
            assertTimeout(
                    ErrorReason.ATTEMPT_TIMEOUT,
                    "no answer within 20000 ms (attempt clock, llm.timeouts.attempt)",
                    streamFailure(client, CallOptions.none()));
        }
        silentFor(9);
        try (LlmClient client = builder("providers.p.timeouts.total = 9s").build()) {
            assertTimeout(
                    ErrorReason.LINK_TIMEOUT,
                    "no answer within this provider's share of the total time (llm.timeouts.total)",
                    failure(client, CallOptions.none()));
        }
        silentFor(10);
        try (LlmClient client = builder("timeouts.total = 10s").build()) {
            assertTimeout(
                    ErrorReason.TOTAL_TIMEOUT,
                    "no complete answer within the total time (llm.timeouts.total)",
                    failure(client, CallOptions.none()));
        }
        try (LlmClient client = builder("")
                .wrapAttempts(inner -> silentAfterAWord(Duration.ofSeconds(30)))
                .build()) {
            assertTimeout(
                    ErrorReason.IDLE_TIMEOUT,
                    "the stream was silent for 30000 ms (idle clock, llm.timeouts.idle)",
                    streamFailure(client, CallOptions.none()));
        }
    }

    /** A call of 100 s, of which so much was spent when the provider was asked; it is silent until the end. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "timeouts { total = 100s, attempt = 1h }                                   |     | 90 | true",
                "timeouts { total = 100s, attempt = 1h }                                   |     | 91 | false",
                // a caller with less patience says nothing of the provider, one with more does
                "timeouts { total = 100s, attempt = 1h }                                   | 99  | 0  | false",
                "timeouts { total = 100s, attempt = 1h }                                   | 101 | 0  | true",
                // unless it had as long as an attempt may take
                "timeouts { total = 100s, attempt = 50s }                                  | 50  | 0  | true",
                "timeouts { total = 100s, attempt = 50s }                                  | 49  | 0  | false",
                // of a total of its own a tenth is enough, if that is shorter
                "timeouts { total = 100s, attempt = 1h }, providers.p.timeouts.total = 20s | |  98 | true",
                "timeouts { total = 100s, attempt = 1h }, providers.p.timeouts.total = 20s | |  99 | false",
                "timeouts { total = 100s, attempt = 1h }, providers.p.timeouts.total = 200s | | 90 | true",
                "timeouts { total = 100s, attempt = 1h }, providers.p.timeouts.total = 200s | | 91 | false",
            })
    void totalClock_speaksAgainstAProviderThatHadItsShareOfIt(
            String settings, Long callersTotal, long spent, boolean counts) {
        CallOptions.Builder options = CallOptions.builder();
        if (callersTotal != null) {
            options.timeout(Duration.ofSeconds(callersTotal));
        }
        provider.then((request, context) -> {
            silentFor(context.remaining(), context);
            throw new AssertionError("not reached");
        });
        try (LlmClient client = builder(settings)
                .wrapCalls(inner -> new LlmProviderDecorator(inner) {
                    @Override
                    public ChatResponse chat(ChatRequest request, CallContext context) {
                        time.advance(Duration.ofSeconds(spent));
                        return inner().chat(request, context);
                    }
                })
                .build()) {
            assertEquals(ErrorKind.TIMEOUT, failure(client, options.build()).kind());
            assertEquals(counts, inCooldown(client));
        }
    }

    private static CallOptions clocks(TimeoutSettings.Builder clocks) {
        return CallOptions.builder().timeouts(clocks.build()).build();
    }

    @ParameterizedTest
    @ValueSource(longs = {29, 30, 31})
    void attemptFirstTokenAndIdleClock_ofACaller_countIfTheyAreAsLongAsTheConfigured(long seconds) {
        Duration own = Duration.ofSeconds(seconds);
        String settings = "timeouts { attempt = 30s, first-token = 30s, idle = 30s }";
        silentFor(seconds);
        try (LlmClient client = builder(settings).build()) {
            LlmException error =
                    failure(client, clocks(TimeoutSettings.builder().attempt(own)));
            assertEquals(Optional.of(ErrorReason.ATTEMPT_TIMEOUT), error.reason());
            assertEquals(seconds >= 30, inCooldown(client));
        }
        silentFor(seconds);
        try (LlmClient client = builder(settings).build()) {
            LlmException error = streamFailure(
                    client, clocks(TimeoutSettings.builder().firstToken(own).attempt(Duration.ofHours(1))));
            assertEquals(Optional.of(ErrorReason.FIRST_TOKEN_TIMEOUT), error.reason());
            assertEquals(seconds >= 30, inCooldown(client));
        }
        try (LlmClient client =
                builder(settings).wrapAttempts(inner -> silentAfterAWord(own)).build()) {
            LlmException error =
                    streamFailure(client, clocks(TimeoutSettings.builder().idle(own)));
            assertEquals(Optional.of(ErrorReason.IDLE_TIMEOUT), error.reason());
            assertEquals(seconds >= 30, inCooldown(client));
        }
    }
}
