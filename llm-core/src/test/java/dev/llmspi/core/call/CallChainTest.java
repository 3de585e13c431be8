package dev.llmspi.core.call;

import static dev.llmspi.core.Bench.HELLO;
import static dev.llmspi.core.Bench.WITH_TOOL;
import static dev.llmspi.core.Bench.alone;
import static dev.llmspi.core.Bench.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Capability;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.FailedOver;
import dev.llmspi.api.event.LinkSkipped;
import dev.llmspi.core.Bench;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.LlmClientBuilder;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests which links a call uses during cooldowns, and after which link it ends. */
class CallChainTest {

    private static final Duration TOTAL = Duration.ofSeconds(90);

    private final ScriptedProvider a = ScriptedProvider.named("a");
    private final ScriptedProvider b = ScriptedProvider.named("b");
    private final ScriptedProvider c = ScriptedProvider.named("c");
    private final Bench bench = new Bench(a, b, c);
    private final ManualTimeSource time = bench.time;
    private final RecordingListener listener = bench.listener;

    private LlmClientBuilder builder(String settings) {
        return bench.builder("retry.max-retries = 0, timeouts { total = 90s, attempt = 1h }, " + settings);
    }

    private static LlmException rateLimit(int seconds) {
        return LlmException.builder(ErrorKind.RATE_LIMIT)
                .message("slow down")
                .retryAfter(Duration.ofSeconds(seconds))
                .build();
    }

    @Test
    void chat_waitIsLongerThanMaxWaitBeforeNext_onlyTheLastUsableLinkWaits() {
        a.fails(rateLimit(6)).fails(rateLimit(6)).answers("waited");
        b.answers("b").fails(ErrorKind.RESOURCE_EXHAUSTED);
        c.fails(ErrorKind.RESOURCE_EXHAUSTED);
        try (LlmClient client = builder("retry.max-retries = 1").build()) {
            assertEquals("b", client.chat("hi").text());
            assertEquals(List.of(), time.sleeps());
            time.advance(Duration.ofSeconds(6));
            for (String other : List.of("b", "c")) {
                assertThrows(LlmException.class, () -> client.chat(HELLO, alone(other)));
            }
            assertEquals("waited", client.chat("hi").text());
            assertEquals(List.of(Duration.ofMillis(6_300)), time.sleeps());
        }
    }

    @Test
    void chat_allLinksAreInCooldown_callsOnlyTheOneThatIsBackSoonest() {
        a.fails(rateLimit(20));
        b.fails(rateLimit(10)).fails(ErrorKind.SERVICE);
        c.fails(rateLimit(30));
        try (LlmClient client = builder("").build()) {
            assertThrows(LlmException.class, () -> client.chat("hi"));
            listener.clear();
            Instant before = time.now();
            LlmException error = assertThrows(LlmException.class, () -> client.chat("hi"));
            assertEquals(ErrorKind.SERVICE, error.kind());
            assertEquals(
                    List.of(Attempt.Outcome.SKIPPED, Attempt.Outcome.ERROR, Attempt.Outcome.SKIPPED),
                    error.attempts().stream().map(Attempt::outcome).toList());
            Attempt skipped = error.attempts().get(2);
            assertEquals("c", skipped.provider());
            assertEquals("in cooldown after rate_limit_error", skipped.message());
            assertEquals(Optional.of(before.plusSeconds(30)), skipped.until());
            assertEquals(
                    List.of(error.attempts().get(0), skipped),
                    listener.events(LinkSkipped.class).stream()
                            .map(LinkSkipped::skipped)
                            .toList());
        }
        assertEquals(2, b.calls());
    }

    @Test
    void chat_capableLinkIsInCooldownAndAnotherIsBackSooner_callsTheCapableOne() {
        try (LlmClient client = builder("chains.default = [a, b]").build()) {
            a.withCapabilities(Capability.IMAGES).fails(rateLimit(10));
            b.fails(rateLimit(20)).answers("hello");
            assertThrows(LlmException.class, () -> client.chat(HELLO, alone("a")));
            assertThrows(LlmException.class, () -> client.chat(HELLO, alone("b")));
            assertEquals("hello", client.chat(WITH_TOOL).text());
        }
    }

    @Test
    void chat_capableLinkIsInCooldownAndAnotherIsNot_callsTheCapableOne() {
        try (LlmClient client = builder("chains.default = [c, b]").build()) {
            b.fails(rateLimit(20)).answers("hello");
            c.withCapabilities(Capability.IMAGES);
            assertThrows(LlmException.class, () -> client.chat(HELLO, alone("b")));
            assertEquals("hello", client.chat(WITH_TOOL).text());
        }
    }

    /** Creates a provider that runs an action when its capabilities are read for the second time. */
    private static LlmProviderDecorator whenCapabilitiesAreReadAgain(ScriptedProvider provider, Runnable action) {
        int[] reads = new int[1];
        return new LlmProviderDecorator(provider) {
            @Override
            public Optional<Set<Capability>> capabilities(String model) {
                if (++reads[0] == 2) {
                    action.run();
                }
                return Optional.empty();
            }
        };
    }

    @Test
    void chat_allLinksGoIntoCooldownWhileTheRouteIsRead_callsTheLast() {
        a.fails(ErrorKind.RESOURCE_EXHAUSTED);
        b.fails(ErrorKind.RESOURCE_EXHAUSTED).answers("hello");
        LlmClient[] client = new LlmClient[1];
        LlmProviderDecorator reading = whenCapabilitiesAreReadAgain(a, () -> {
            for (String name : List.of("a", "b")) {
                assertThrows(LlmException.class, () -> client[0].chat(HELLO, alone(name)));
            }
        });
        client[0] = LlmClient.builder()
                .timeSource(time)
                .provider(reading)
                .provider(b)
                .chain("default", "a", "b")
                .build();
        try (LlmClient open = client[0]) {
            ChatResponse answer = open.chat(WITH_TOOL);
            assertEquals("hello", answer.text());
            assertEquals(
                    Optional.of(ErrorReason.COOLDOWN), answer.attempts().get(0).reason());
            assertEquals(2, answer.attempts().size());
        }
    }

    @Test
    void chat_lastLinkGoesIntoCooldownDuringAnAttempt_isSkipped() {
        LlmClient[] client = new LlmClient[1];
        a.then((request, context) -> {
            assertThrows(LlmException.class, () -> client[0].chat(HELLO, alone("c")));
            throw error(ErrorKind.SERVICE);
        });
        b.fails(ErrorKind.MODEL);
        c.fails(ErrorKind.RESOURCE_EXHAUSTED);
        client[0] = builder("").build();
        try (LlmClient open = client[0]) {
            LlmException error = assertThrows(LlmException.class, () -> open.chat("hi"));
            assertEquals(ErrorKind.SERVICE, error.kind());
            assertEquals(3, error.attempts().size());
            assertEquals(
                    Optional.of(ErrorReason.COOLDOWN), error.attempts().get(2).reason());
        }
        assertEquals(1, c.calls());
    }

    @Test
    void chat_totalTimeoutExpiresDuringAnAttempt_endsTheCall() {
        a.then((request, context) -> {
            time.advance(TOTAL);
            throw error(ErrorKind.SERVICE);
        });
        try (LlmClient client = builder("").build()) {
            LlmException error = assertThrows(LlmException.class, () -> client.chat("hi"));
            assertEquals(Optional.of(ErrorReason.TOTAL_TIMEOUT), error.reason());
            assertEquals(1, error.attempts().size());
        }
        assertEquals(0, b.calls() + c.calls());
        assertTrue(listener.events(FailedOver.class).stream()
                .noneMatch(event -> event.to().equals("c")));
    }

    @Test
    void noFallback_noLinkHasTheCapability_errorListsEveryLink() {
        for (ScriptedProvider provider : List.of(a, b, c)) {
            provider.withCapabilities(Capability.IMAGES);
        }
        try (LlmClient client = builder("").build()) {
            CallOptions options = CallOptions.builder().noFallback().build();
            LlmException error = assertThrows(LlmException.class, () -> client.chat(WITH_TOOL, options));
            assertEquals(Optional.of(ErrorReason.MISSING_CAPABILITY), error.reason());
            assertTrue(
                    error.getMessage().startsWith("no provider of the chain has a model that can do"),
                    error.getMessage());
            assertFalse(error.requestSent());
            assertEquals(3, error.attempts().size());
            assertTrue(error.attempts().stream().allMatch(attempt -> attempt.outcome() == Attempt.Outcome.SKIPPED));
        }
    }

    @Test
    void sameModelOnly_laterLinkHasTheSameModel_isCalled() {
        a.fails(ErrorKind.SERVICE);
        b.withDefaultModel("another");
        c.answers("hello");
        try (LlmClient client = builder("").build()) {
            ChatResponse answer =
                    client.chat(HELLO, CallOptions.builder().sameModelOnly().build());
            assertEquals("c", answer.provider());
            assertEquals(
                    Optional.of(ErrorReason.OTHER_MODEL),
                    answer.attempts().get(1).reason());
        }
    }

    @Test
    void failedOver_event_namesTheFailedLinkAndTheReason() {
        a.fails(ErrorKind.CONNECTION);
        b.fails(ErrorKind.MODEL);
        c.answers("hello");
        try (LlmClient client = builder("").build()) {
            client.chat("hi");
        }
        assertEquals(
                List.of("a>b connection_error", "b>c model_error"),
                listener.events(FailedOver.class).stream()
                        .map(event -> event.from() + ">" + event.to() + " "
                                + event.kind().id())
                        .toList());
    }
}
