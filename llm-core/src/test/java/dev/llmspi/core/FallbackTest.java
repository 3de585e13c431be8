package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmConnectionException;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmModelException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.core.call.Silence;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests when a call falls back, in which order and with which models it tries providers, and what it reports. */
class FallbackTest {

    private final ScriptedProvider first = ScriptedProvider.named("first");
    private final ScriptedProvider second = ScriptedProvider.named("second");
    private final Bench bench = new Bench(first, second);
    private final ManualTimeSource time = bench.time;

    private LlmClientBuilder builder() {
        return bench.builder().set("llm.retry.max-retries", 0);
    }

    @ParameterizedTest
    @EnumSource
    void chat_firstLinkFails_secondAnswers(ErrorKind kind) {
        first.fails(kind);
        second.answers("hello");
        try (LlmClient client = builder().build()) {
            ChatResponse response = client.chat("hi");
            assertEquals("second", response.provider());
            assertEquals(
                    List.of("first", "second"),
                    response.attempts().stream().map(Attempt::provider).toList());
            assertEquals(kind, response.attempts().get(0).kind().orElseThrow());
            assertEquals(response.callId(), first.contexts().get(0).callId());
        }
    }

    @Test
    void chat_errorRequestsFallback_fallsBackThoughItsKindDoesNot() {
        first.fails(LlmException.builder(ErrorKind.INVALID_REQUEST)
                .message("gateway settings")
                .tryNext(true)
                .build());
        second.answers("hello");
        try (LlmClient client =
                builder().set("llm.fallback.on", "service_error").build()) {
            assertEquals("second", client.chat("hi").provider());
        }
    }

    @Test
    void chat_kindIsNotInFallbackOn_doesNotFallBack() {
        first.fails(ErrorKind.SERVICE);
        try (LlmClient client =
                builder().set("llm.fallback.on", "connection_error").build()) {
            assertThrows(LlmServiceException.class, () -> client.chat("hi"));
            assertEquals(0, second.calls());
        }
    }

    @Test
    void chat_fallbackKindsOfAProvider_replaceThoseOfTheClient() {
        first.fails(ErrorKind.SERVICE).fails(ErrorKind.CONNECTION);
        second.answers("hello");
        try (LlmClient client = builder()
                .set("llm.fallback.on", "connection_error")
                .set("llm.providers.first.fallback.on", "service_error")
                .build()) {
            assertEquals("second", client.chat("hi").provider(), "only first's own kinds allow this fallback");
            assertThrows(LlmConnectionException.class, () -> client.chat("hi"), "the kinds of the client are replaced");
            assertEquals(1, second.calls());
        }
    }

    @Test
    void chat_fallbackKindsOfAnotherProvider_doNotCount() {
        first.fails(ErrorKind.SERVICE);
        try (LlmClient client = builder()
                .set("llm.fallback.on", "connection_error")
                .set("llm.providers.second.fallback.on", "service_error")
                .build()) {
            assertThrows(LlmServiceException.class, () -> client.chat("hi"));
            assertEquals(0, second.calls());
        }
    }

    @Test
    void chat_allLinksFail_throwsTheMostTellingErrorWithEveryAttempt() {
        first.fails(ErrorKind.SERVICE).fails(ErrorKind.CONNECTION);
        second.fails(ErrorKind.RESOURCE_EXHAUSTED);
        try (LlmClient client = builder().set("llm.retry.max-retries", 1).build()) {
            LlmException error = assertThrows(LlmException.class, () -> client.chat("hi"));
            assertInstanceOf(LlmConnectionException.class, error, "the error after which waiting helps");
            assertEquals("first", error.provider());
            assertEquals(
                    List.of(ErrorKind.SERVICE, ErrorKind.CONNECTION, ErrorKind.RESOURCE_EXHAUSTED),
                    error.attempts().stream()
                            .map(attempt -> attempt.kind().orElseThrow())
                            .toList());
            assertEquals(
                    List.of(ErrorKind.SERVICE, ErrorKind.RESOURCE_EXHAUSTED),
                    Stream.of(error.getSuppressed())
                            .map(other -> ((LlmException) other).kind())
                            .toList());
            assertEquals(
                    4,
                    error.getMessage().lines().filter(line -> !line.isBlank()).count() - 1,
                    error.getMessage());
        }
    }

    @Test
    void chat_firstLinkIsRateLimited_isSkippedUntilTheWaitIsOver() {
        first.fails(LlmException.builder(ErrorKind.RATE_LIMIT)
                .message("slow")
                .retryAfter(Duration.ofSeconds(30))
                .build());
        first.answers("back");
        second.answers("one").answers("two");
        try (LlmClient client = builder().build()) {
            assertEquals("one", client.chat("hi").text());
            ChatResponse response = client.chat("hi");
            assertEquals("two", response.text());
            Attempt skipped = response.attempts().get(0);
            assertEquals(Attempt.Outcome.SKIPPED, skipped.outcome());
            assertEquals(ErrorReason.COOLDOWN, skipped.reason().orElseThrow());
            assertFalse(skipped.sent());
            assertTrue(skipped.until().orElseThrow().isAfter(time.now()));
            assertEquals(HealthStatus.State.COOLDOWN, state(client, "first"));
            time.advance(Duration.ofSeconds(31));
            assertEquals("back", client.chat("hi").text());
            assertEquals(HealthStatus.State.AVAILABLE, state(client, "first"));
        }
    }

    private static HealthStatus.State state(LlmClient client, String provider) {
        return client.health().stream()
                .filter(status -> status.provider().equals(provider))
                .reduce((a, b) -> b)
                .orElseThrow()
                .state();
    }

    @Test
    void chat_keyIsRejected_allModelsOfTheProviderAreSkipped() {
        first.fails(ErrorKind.AUTHENTICATION);
        second.answers("one").answers("two");
        try (LlmClient client = builder().build()) {
            client.chat(ChatRequest.builder().user("hi").model("a").build());
            ChatResponse other =
                    client.chat(ChatRequest.builder().user("hi").model("b").build());
            assertEquals(Attempt.Outcome.SKIPPED, other.attempts().get(0).outcome());
            assertEquals(1, first.calls());
        }
    }

    @Test
    void chat_allLinksAreInCooldown_callsTheOneThatIsBackSoonest() {
        first.fails(LlmException.builder(ErrorKind.RESOURCE_EXHAUSTED)
                .message("empty")
                .build());
        second.fails(LlmException.builder(ErrorKind.RATE_LIMIT)
                .message("slow")
                .retryAfter(Duration.ofSeconds(20))
                .build());
        second.answers("tried");
        try (LlmClient client = builder().build()) {
            assertThrows(LlmException.class, () -> client.chat("hi"));
            ChatResponse response = client.chat("hi");
            assertEquals("tried", response.text());
            assertEquals(Attempt.Outcome.SKIPPED, response.attempts().get(0).outcome());
        }
    }

    @Test
    void chat_aliasHasNoModelForALink_skipsThatLink() {
        second.answers("hello");
        try (LlmClient client =
                builder().set("llm.models.smart.second", "model-2").build()) {
            ChatResponse response =
                    client.chat(ChatRequest.builder().user("hi").model("smart").build());
            assertEquals(
                    ErrorReason.NOT_MAPPED, response.attempts().get(0).reason().orElseThrow());
            assertEquals("model-2", second.requests().get(0).model().orElseThrow());
            assertEquals(0, first.calls());
        }
    }

    @Test
    void chat_aliasHasNoModelForAnyLink_isAModelErrorThatListsTheSkippedLinks() {
        try (LlmClient client =
                builder().set("llm.models.smart.third", "model-3").build()) {
            LlmModelException error = assertThrows(
                    LlmModelException.class,
                    () -> client.chat(
                            ChatRequest.builder().user("hi").model("smart").build()));
            assertEquals(ErrorReason.NOT_MAPPED, error.reason().orElseThrow());
            assertTrue(error.getMessage().contains("set llm.models.smart.second"), error.getMessage());
            assertEquals(2, error.attempts().size());
        }
    }

    @Test
    void chat_optionProvider_usesThatProvider() {
        second.answers("2");
        assertEquals("2", text(CallOptions.builder().provider("second").build()));
    }

    @Test
    void chat_optionStartWith_startsThere() {
        second.answers("2");
        assertEquals("2", text(CallOptions.builder().startWith("second").build()));
    }

    private String text(CallOptions options) {
        try (LlmClient client = builder().build()) {
            return client.chat(ChatRequest.of("hi"), options).text();
        }
    }

    @Test
    void chat_optionNoFallback_failsWithTheFirstLink() {
        first.fails(ErrorKind.SERVICE);
        CallOptions options = CallOptions.builder().noFallback().build();
        assertThrows(LlmServiceException.class, () -> text(options));
        assertEquals(0, second.calls());
    }

    static Stream<CallOptions> optionsWithMisspeltNames() {
        return Stream.of(
                CallOptions.builder().provider("frist").build(),
                CallOptions.builder().chain("defualt").build(),
                CallOptions.builder().mode("reviw").build(),
                CallOptions.builder().startWith("secnd").build());
    }

    @ParameterizedTest
    @MethodSource("optionsWithMisspeltNames")
    void chat_unknownName_isRefusedWithTheNearestKnown(CallOptions options) {
        try (LlmClient client = builder().set("llm.modes.review.model", "m").build()) {
            LlmConfigException error =
                    assertThrows(LlmConfigException.class, () -> client.chat(ChatRequest.of("hi"), options));
            assertTrue(error.getMessage().contains("did you mean"), error.getMessage());
            assertEquals(0, first.calls() + second.calls());
        }
    }

    @Test
    void chat_firstLinkIsSilent_endsWithItsShareOfTheTime() {
        first.then((request, context) -> {
            throw Silence.pass(context.remaining(), time, context);
        });
        second.answers("hello");
        try (LlmClient client = builder().build()) {
            CallOptions options =
                    CallOptions.builder().timeout(Duration.ofSeconds(6)).build();
            ChatResponse response = client.chat(ChatRequest.of("hi"), options);
            assertEquals("second", response.provider());
            Attempt silent = response.attempts().get(0);
            assertEquals(ErrorReason.LINK_TIMEOUT, silent.reason().orElseThrow());
            assertEquals(Duration.ofSeconds(3), silent.duration());
        }
    }

    @Test
    void listener_fallback_receivesAllEventsInOrder() {
        first.fails(ErrorKind.SERVICE);
        second.answers("hello");
        try (LlmClient client = builder().build()) {
            client.chat(
                    ChatRequest.of("hi"),
                    CallOptions.builder().tag("tenant", "t1").requestId("r1").build());
        }
        assertEquals(
                List.of(
                        "CallStarted",
                        "AttemptStarted",
                        "AttemptFinished",
                        "FailedOver",
                        "AttemptStarted",
                        "AttemptFinished",
                        "CallFinished"),
                bench.eventNames());
    }
}
