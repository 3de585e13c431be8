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
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmInvalidRequestException;
import dev.llmspi.api.error.LlmModelException;
import dev.llmspi.api.error.LlmResourceExhaustedException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From one provider to the next: when, in which order, with which models, and what the caller is told. */
class FallbackTest {

    private final ManualTimeSource time = ManualTimeSource.create();
    private final ScriptedProvider first = ScriptedProvider.named("first");
    private final ScriptedProvider second = ScriptedProvider.named("second");

    private LlmClientBuilder builder() {
        return LlmClient.builder()
                .timeSource(time)
                .provider(first)
                .provider(second)
                .chain("default", "first", "second")
                .set("llm.retry.max-retries", 0);
    }

    @ParameterizedTest
    @EnumSource(value = ErrorKind.class, mode = EnumSource.Mode.EXCLUDE, names = "INVALID_REQUEST")
    void chat_primaryFails_secondaryAnswers(ErrorKind kind) {
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
    void chat_invalidRequest_isNotShoppedAround() {
        first.fails(ErrorKind.INVALID_REQUEST);
        try (LlmClient client = builder().build()) {
            assertThrows(LlmInvalidRequestException.class, () -> client.chat("hi"));
            assertEquals(0, second.calls());
        }
    }

    @Test
    void chat_errorThatSaysNext_goesOnThoughItsKindDoesNot() {
        first.fails(LlmException.builder(ErrorKind.INVALID_REQUEST)
                .message("gateway settings")
                .tryNext(true)
                .build());
        second.answers("hello");
        try (LlmClient client = builder().build()) {
            assertEquals("second", client.chat("hi").provider());
        }
    }

    @Test
    void chat_fallbackKindsOfAProvider_replaceThoseOfTheClient() {
        first.fails(ErrorKind.SERVICE);
        try (LlmClient client =
                builder().set("llm.fallback.on", "connection_error").build()) {
            assertThrows(LlmServiceException.class, () -> client.chat("hi"));
            assertEquals(0, second.calls());
        }
    }

    @Test
    void chat_allFail_throwsTheLastLinksErrorWithEveryAttemptInOrder() {
        first.fails(ErrorKind.SERVICE).fails(ErrorKind.CONNECTION);
        second.fails(ErrorKind.RESOURCE_EXHAUSTED);
        try (LlmClient client = builder().set("llm.retry.max-retries", 1).build()) {
            LlmException error = assertThrows(LlmException.class, () -> client.chat("hi"));
            assertInstanceOf(LlmResourceExhaustedException.class, error);
            assertEquals(
                    List.of(ErrorKind.SERVICE, ErrorKind.CONNECTION, ErrorKind.RESOURCE_EXHAUSTED),
                    error.attempts().stream()
                            .map(attempt -> attempt.kind().orElseThrow())
                            .toList());
            assertEquals(2, error.getSuppressed().length);
            assertEquals(
                    4,
                    error.getMessage().lines().filter(line -> !line.isBlank()).count() - 1,
                    error.getMessage());
        }
    }

    @Test
    void chat_rateLimitedPrimary_isPassedOverUntilItsTimeHasCome() {
        first.fails(LlmException.builder(ErrorKind.RATE_LIMIT)
                .message("slow")
                .retryAfter(Duration.ofSeconds(30))
                .build());
        first.answers("back");
        second.answers("one").answers("two");
        try (LlmClient client = builder().build()) {
            assertEquals("one", client.chat("hi").text());
            ChatResponse passedOver = client.chat("hi");
            assertEquals("two", passedOver.text());
            Attempt skipped = passedOver.attempts().get(0);
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
    void chat_rejectedKey_coolsTheWholeInstanceDown() {
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
    void chat_allInCooldown_asksTheOneBackSoonest() {
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
    void chat_aliasWithoutEntryForALink_skipsThatLink() {
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
    void chat_aliasWithoutAnyEntry_isAModelErrorThatListsTheSkippedLinks() {
        try (LlmClient client =
                builder().set("llm.models.smart.third", "model-3").build()) {
            LlmModelException error = assertThrows(
                    LlmModelException.class,
                    () -> client.chat(
                            ChatRequest.builder().user("hi").model("smart").build()));
            assertEquals(ErrorReason.NOT_MAPPED, error.reason().orElseThrow());
            assertTrue(error.getMessage().contains("see llm.models in the configuration"), error.getMessage());
            assertEquals(2, error.attempts().size());
        }
    }

    @Test
    void chat_options_chooseProviderStartAndFallback() {
        first.answers("1").fails(ErrorKind.SERVICE);
        second.answers("2").answers("2");
        try (LlmClient client = builder().build()) {
            ChatRequest request = ChatRequest.of("hi");
            assertEquals(
                    "2",
                    client.chat(
                                    request,
                                    CallOptions.builder().provider("second").build())
                            .text());
            assertEquals(
                    "2",
                    client.chat(
                                    request,
                                    CallOptions.builder().startWith("second").build())
                            .text());
            assertEquals("1", client.chat(request).text());
            assertThrows(
                    LlmServiceException.class,
                    () -> client.chat(
                            request, CallOptions.builder().noFallback().build()));
        }
    }

    @Test
    void chat_unknownNames_areRefusedWithTheNearestKnown() {
        try (LlmClient client = builder().set("llm.modes.review.model", "m").build()) {
            ChatRequest request = ChatRequest.of("hi");
            for (CallOptions options : List.of(
                    CallOptions.builder().provider("frist").build(),
                    CallOptions.builder().chain("defualt").build(),
                    CallOptions.builder().mode("reviw").build(),
                    CallOptions.builder().startWith("secnd").build())) {
                LlmConfigException error = assertThrows(LlmConfigException.class, () -> client.chat(request, options));
                assertTrue(error.getMessage().contains("did you mean"), error.getMessage());
            }
            assertEquals(0, first.calls() + second.calls());
        }
    }

    @Test
    void chat_hangingPrimary_leavesTheSecondaryItsShare() {
        first.hangs();
        second.answers("hello");
        try (LlmClient client =
                builder().timeSource(dev.llmspi.api.TimeSource.system()).build()) {
            CallOptions options =
                    CallOptions.builder().timeout(Duration.ofMillis(600)).build();
            ChatResponse response = client.chat(ChatRequest.of("hi"), options);
            assertEquals("second", response.provider());
            Attempt hung = response.attempts().get(0);
            assertEquals(ErrorReason.LINK_TIMEOUT, hung.reason().orElseThrow());
            assertTrue(hung.duration().toMillis() >= 290 && hung.duration().toMillis() < 450, hung.toString());
        }
    }

    @Test
    void listener_fallback_isToldInOrderWithTheSameCall() {
        RecordingListener listener = RecordingListener.create();
        first.fails(ErrorKind.SERVICE);
        second.answers("hello");
        try (LlmClient client = builder().listener(listener).build()) {
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
                listener.events().stream()
                        .map(event -> event.getClass().getSimpleName())
                        .toList());
    }
}
