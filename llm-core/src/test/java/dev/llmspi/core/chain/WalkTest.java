package dev.llmspi.core.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.Capability;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.api.ToolDefinition;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.FailedOver;
import dev.llmspi.api.event.LinkSkipped;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.LlmClientBuilder;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the time of a call is shared among its links, who is asked when nobody should be, and where a call ends. */
class WalkTest {

    private static final Duration TOTAL = Duration.ofSeconds(90);
    private static final ChatRequest HELLO = ChatRequest.of("hi");
    private static final ChatRequest WITH_TOOL = ChatRequest.builder()
            .user("hi")
            .tools(ToolDefinition.of("clock", "", "{\"type\":\"object\"}"))
            .build();

    private final ManualTimeSource time = ManualTimeSource.create();
    private final RecordingListener listener = RecordingListener.create();
    private final ScriptedProvider a = ScriptedProvider.named("a");
    private final ScriptedProvider b = ScriptedProvider.named("b");
    private final ScriptedProvider c = ScriptedProvider.named("c");

    private LlmClientBuilder builder(String settings) {
        return LlmClient.builder()
                .timeSource(time)
                .listener(listener)
                .provider(a)
                .provider(b)
                .provider(c)
                .text(
                        "llm { chains.default = [a, b, c], retry.max-retries = 0, timeouts { total = 90s, attempt = 1h }, "
                                + settings + " }",
                        "test");
    }

    private static LlmException error(ErrorKind kind) {
        return LlmException.builder(kind).message("failed").build();
    }

    private static LlmException slowDown(int seconds) {
        return LlmException.builder(ErrorKind.RATE_LIMIT)
                .message("slow down")
                .retryAfter(Duration.ofSeconds(seconds))
                .build();
    }

    private static CallOptions alone(String provider) {
        return CallOptions.builder().provider(provider).build();
    }

    /** What its provider saw of the time when it was asked last. */
    private static long secondsLeft(ScriptedProvider provider) {
        List<CallContext> contexts = provider.contexts();
        return contexts.get(contexts.size() - 1).remaining().toSeconds();
    }

    /** A step that takes a while, and notes how much it could have taken. */
    private void failsAfter(ScriptedProvider provider, int seconds, List<Long> left) {
        provider.then((request, context) -> {
            left.add(context.remaining().toSeconds());
            time.advance(Duration.ofSeconds(seconds));
            throw error(ErrorKind.SERVICE);
        });
    }

    @Test
    void share_ofEachLink_isWhatIsLeftDividedByTheLinksThatAreLeft() {
        List<Long> left = new ArrayList<>();
        failsAfter(a, 10, left);
        failsAfter(b, 20, left);
        failsAfter(c, 0, left);
        try (LlmClient client = builder("").build()) {
            assertThrows(LlmException.class, () -> client.chat("hi"));
        }
        assertEquals(List.of(30L, 40L, 60L), left);
    }

    @Test
    void share_ofLinksThatCannotBeAsked_goesToTheOthers() {
        a.answers("one").answers("two");
        b.fails(ErrorKind.RESOURCE_EXHAUSTED);
        try (LlmClient client = builder("").build()) {
            assertThrows(LlmException.class, () -> client.chat(HELLO, alone("b")));
            client.chat("hi");
            assertEquals(45, secondsLeft(a), "one of three is in cooldown");
            c.withCapabilities();
            client.chat(WITH_TOOL);
            assertEquals(90, secondsLeft(a), "and another one cannot do it");
        }
    }

    @ParameterizedTest
    @CsvSource({"5s, 5", "30s, 30", "60s, 30"})
    void share_ofALinkWithATotalOfItsOwn_isTheShorterOfBoth(String own, long seconds) {
        a.answers("hello");
        try (LlmClient client = builder("providers.a.timeouts.total = " + own).build()) {
            client.chat("hi");
            assertEquals(seconds, secondsLeft(a));
        }
    }

    @Test
    void wait_longerThanBeforeANextOne_isWaitedByTheLastThatCanBeAsked() {
        a.fails(slowDown(6)).fails(slowDown(6)).answers("waited");
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
    void allInCooldown_theOneBackSoonestIsAskedAndNoneBesides() {
        a.fails(slowDown(20));
        b.fails(slowDown(10)).fails(ErrorKind.SERVICE);
        c.fails(slowDown(30));
        try (LlmClient client = builder("").build()) {
            assertThrows(LlmException.class, () -> client.chat("hi"));
            listener.clear();
            Instant before = time.now();
            LlmException error = assertThrows(LlmException.class, () -> client.chat("hi"));
            assertEquals(ErrorKind.SERVICE, error.kind());
            assertEquals(
                    List.of(Attempt.Outcome.SKIPPED, Attempt.Outcome.ERROR, Attempt.Outcome.SKIPPED),
                    error.attempts().stream().map(Attempt::outcome).toList());
            Attempt passedOver = error.attempts().get(2);
            assertEquals("c", passedOver.provider());
            assertEquals("in cooldown after rate_limit_error", passedOver.message());
            assertEquals(Optional.of(before.plusSeconds(30)), passedOver.until());
            assertEquals(
                    List.of(error.attempts().get(0), passedOver),
                    listener.events(LinkSkipped.class).stream()
                            .map(LinkSkipped::skipped)
                            .toList());
        }
        assertEquals(2, b.calls());
    }

    @Test
    void allThatCanDoItInCooldown_oneOfThemIsAsked() {
        for (String first : List.of("a", "c")) {
            try (LlmClient client =
                    builder("chains.default = [" + first + ", b]").build()) {
                a.withCapabilities(Capability.IMAGES).fails(slowDown(10)); // back sooner, but no help
                b.fails(slowDown(20)).answers("hello");
                c.withCapabilities(Capability.IMAGES); // not in cooldown, and no help either
                if (first.equals("a")) {
                    assertThrows(LlmException.class, () -> client.chat(HELLO, alone("a")));
                }
                assertThrows(LlmException.class, () -> client.chat(HELLO, alone("b")));
                assertEquals("hello", client.chat(WITH_TOOL).text());
            }
        }
    }

    /** A provider that does something the second time somebody wants to know what it can do. */
    private static LlmProviderDecorator whenLookedAtAgain(ScriptedProvider provider, Runnable action) {
        int[] looks = new int[1];
        return new LlmProviderDecorator(provider) {
            @Override
            public Optional<Set<Capability>> capabilities(String model) {
                if (++looks[0] == 2) {
                    action.run();
                }
                return Optional.empty();
            }
        };
    }

    @Test
    void allGoIntoCooldownWhileACallLooksAtThem_theLastIsAskedRatherThanNobody() {
        a.fails(ErrorKind.RESOURCE_EXHAUSTED);
        b.fails(ErrorKind.RESOURCE_EXHAUSTED).answers("hello");
        LlmClient[] client = new LlmClient[1];
        LlmProviderDecorator looking = whenLookedAtAgain(a, () -> {
            for (String name : List.of("a", "b")) {
                assertThrows(LlmException.class, () -> client[0].chat(HELLO, alone(name)));
            }
        });
        client[0] = LlmClient.builder()
                .timeSource(time)
                .provider(looking)
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
    void lastGoesIntoCooldownWhileAnotherIsAsked_itIsLeftAlone() {
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
            assertEquals(ErrorKind.MODEL, error.kind());
            assertEquals(3, error.attempts().size());
            assertEquals(
                    Optional.of(ErrorReason.COOLDOWN), error.attempts().get(2).reason());
        }
        assertEquals(1, c.calls());
    }

    @Test
    void totalTime_overDuringALink_isTheEndOfTheCall() {
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
    void noFallback_nobodyCanDoIt_tellsOfEveryLink() {
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
    void sameModelOnly_linkWithTheSameModel_isAsked() {
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
    void failedOver_namesTheLinkThatFailedAndWhy() {
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
