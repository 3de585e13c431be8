package dev.llmspi.core.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

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
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests which timeout ends an attempt, how the error names it, and whether it counts as a provider failure. */
@Timeout(60)
class AttemptTimeoutTest {

    private static final ChatRequest HELLO = ChatRequest.of("hi");
    private static final String THIRTY_SECONDS = "timeouts { attempt = 30s, first-token = 30s, idle = 30s }";

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

    private void silentFor(long seconds) {
        provider.then((request, context) -> {
            throw Silence.pass(Duration.ofSeconds(seconds), time, context);
        });
    }

    /** Returns a provider whose streams deliver one word and are then silent. */
    private LlmProviderDecorator silentAfterAWord(Duration silence) {
        return new LlmProviderDecorator(provider) {
            @Override
            public ChatStream stream(ChatRequest request, CallContext context) {
                return Silence.stream(silence, time, context, new ChatStreamEvent.TextDelta("word"));
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

    static Stream<Arguments> timeouts() {
        return Stream.of(
                arguments(
                        "timeouts.attempt = 20s",
                        20,
                        ErrorReason.ATTEMPT_TIMEOUT,
                        "no answer within 20000 ms (llm.timeouts.attempt)"),
                arguments(
                        "providers.p.timeouts.total = 9s",
                        9,
                        ErrorReason.LINK_TIMEOUT,
                        "no answer within this provider's share of the total time (llm.timeouts.total)"),
                arguments(
                        "timeouts.total = 10s",
                        10,
                        ErrorReason.TOTAL_TIMEOUT,
                        "no complete answer within the total time (llm.timeouts.total)"));
    }

    @ParameterizedTest
    @MethodSource("timeouts")
    void chat_timeoutExpires_errorNamesItAndItsSetting(
            String settings, long seconds, ErrorReason reason, String message) {
        silentFor(seconds);
        try (LlmClient client = builder(settings).build()) {
            assertTimeout(reason, message, failure(client, CallOptions.none()));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                     | 30 | FIRST_TOKEN_TIMEOUT | no content within 30000 ms (llm.timeouts.first-token)
            timeouts.attempt = 20s | 20 | ATTEMPT_TIMEOUT     | no answer within 20000 ms (llm.timeouts.attempt)
            """)
    void stream_timeoutExpiresBeforeContent_errorNamesItAndItsSetting(
            String settings, long seconds, ErrorReason reason, String message) {
        silentFor(seconds);
        try (LlmClient client = builder(settings).build()) {
            assertTimeout(reason, message, streamFailure(client, CallOptions.none()));
        }
    }

    @Test
    void stream_silentAfterContent_errorNamesTheIdleTimeoutAndItsSetting() {
        try (LlmClient client = builder("")
                .wrapAttempts(inner -> silentAfterAWord(Duration.ofSeconds(30)))
                .build()) {
            assertTimeout(
                    ErrorReason.IDLE_TIMEOUT,
                    "the stream was silent for 30000 ms (llm.timeouts.idle)",
                    streamFailure(client, CallOptions.none()));
        }
    }

    /**
     * The provider is silent until the total timeout ends its attempt. The columns contain the settings, the total
     * timeout set by the caller, the seconds that the call ran before the attempt, and whether the timeout counts as a
     * provider failure.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "timeouts { total = 100s, attempt = 1h }                                   |     | 90 | true",
                "timeouts { total = 100s, attempt = 1h }                                   |     | 91 | false",
                // a shorter total timeout set by the caller shows nothing about the provider, but a longer one does
                "timeouts { total = 100s, attempt = 1h }                                   | 99  | 0  | false",
                "timeouts { total = 100s, attempt = 1h }                                   | 101 | 0  | true",
                // a shorter one counts if the provider had enough time for a whole attempt
                "timeouts { total = 100s, attempt = 50s }                                  | 50  | 0  | true",
                "timeouts { total = 100s, attempt = 50s }                                  | 49  | 0  | false",
                // one tenth of the provider's own total timeout is enough if that timeout is shorter
                "timeouts { total = 100s, attempt = 1h }, providers.p.timeouts.total = 20s | |  98 | true",
                "timeouts { total = 100s, attempt = 1h }, providers.p.timeouts.total = 20s | |  99 | false",
                "timeouts { total = 100s, attempt = 1h }, providers.p.timeouts.total = 200s | | 90 | true",
                "timeouts { total = 100s, attempt = 1h }, providers.p.timeouts.total = 200s | | 91 | false",
            })
    void chat_totalTimeoutExpires_countsIfTheProviderHadItsShareOfTheTime(
            String settings, Long callersTotal, long spent, boolean counts) {
        CallOptions.Builder options = CallOptions.builder();
        if (callersTotal != null) {
            options.timeout(Duration.ofSeconds(callersTotal));
        }
        provider.then((request, context) -> {
            throw Silence.pass(context.remaining(), time, context);
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

    private static CallOptions timeouts(TimeoutSettings.Builder timeouts) {
        return CallOptions.builder().timeouts(timeouts.build()).build();
    }

    /** The configured timeouts are 30 s long. */
    @ParameterizedTest
    @CsvSource({"29, false", "30, true", "31, true"})
    void chat_attemptTimeoutOfTheCaller_countsIfItIsAsLongAsTheConfigured(long seconds, boolean counts) {
        silentFor(seconds);
        try (LlmClient client = builder(THIRTY_SECONDS).build()) {
            LlmException error =
                    failure(client, timeouts(TimeoutSettings.builder().attempt(Duration.ofSeconds(seconds))));
            assertEquals(Optional.of(ErrorReason.ATTEMPT_TIMEOUT), error.reason());
            assertEquals(counts, inCooldown(client));
        }
    }

    @ParameterizedTest
    @CsvSource({"29, false", "30, true", "31, true"})
    void stream_firstTokenTimeoutOfTheCaller_countsIfItIsAsLongAsTheConfigured(long seconds, boolean counts) {
        silentFor(seconds);
        try (LlmClient client = builder(THIRTY_SECONDS).build()) {
            LlmException error = streamFailure(
                    client,
                    timeouts(TimeoutSettings.builder()
                            .firstToken(Duration.ofSeconds(seconds))
                            .attempt(Duration.ofHours(1))));
            assertEquals(Optional.of(ErrorReason.FIRST_TOKEN_TIMEOUT), error.reason());
            assertEquals(counts, inCooldown(client));
        }
    }

    @ParameterizedTest
    @CsvSource({"29, false", "30, true", "31, true"})
    void stream_idleTimeoutOfTheCaller_countsIfItIsAsLongAsTheConfigured(long seconds, boolean counts) {
        Duration idle = Duration.ofSeconds(seconds);
        try (LlmClient client = builder(THIRTY_SECONDS)
                .wrapAttempts(inner -> silentAfterAWord(idle))
                .build()) {
            LlmException error =
                    streamFailure(client, timeouts(TimeoutSettings.builder().idle(idle)));
            assertEquals(Optional.of(ErrorReason.IDLE_TIMEOUT), error.reason());
            assertEquals(counts, inCooldown(client));
        }
    }
}
