package dev.llmspi.core;

import static dev.llmspi.core.StreamTest.FINISH;
import static dev.llmspi.core.StreamTest.text;
import static dev.llmspi.core.StreamTest.used;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Attempt;
import dev.llmspi.api.Capability;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmModelException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.api.event.AttemptFinished;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests which link a stream comes from, which request that link gets, and which events listeners receive. */
class StreamRoutingTest {

    private final ScriptedProvider first = ScriptedProvider.named("first");
    private final ScriptedProvider second = ScriptedProvider.named("second");
    private final Bench bench = new Bench(first, second);
    private final ManualTimeSource time = bench.time;
    private final RecordingListener listener = bench.listener;

    private LlmClientBuilder builder() {
        return bench.builder().set("llm.retry.max-retries", 0);
    }

    private static ChatResponse collect(LlmClient client, ChatRequest request) {
        return client.stream(request).collect();
    }

    @Test
    void listener_streamWithFallback_receivesEachAttemptWithItsFirstToken() {
        first.fails(ErrorKind.SERVICE);
        second.then((request, context) -> {
            time.advance(Duration.ofMillis(70));
            return ScriptedProvider.named("second").answers("hello").chat(request, context);
        });
        try (LlmClient client = builder().build()) {
            collect(client, ChatRequest.of("hi"));
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
        List<AttemptFinished> attempts = listener.events(AttemptFinished.class);
        assertTrue(attempts.get(0).result().firstToken().isEmpty());
        assertEquals(
                Duration.ofMillis(70), attempts.get(1).result().firstToken().orElseThrow());
        CallFinished finished = listener.events(CallFinished.class).get(0);
        assertEquals(Attempt.Outcome.SUCCESS, finished.outcome());
        assertEquals("second", finished.provider().orElseThrow());
        assertEquals("scripted-model", finished.servedModel().orElseThrow());
        assertEquals(2, finished.attempts().size());
    }

    @Test
    void listener_streamWithUsage_receivesTheLastUsage() {
        first.streams(used(1), text("a"), used(7), FINISH);
        try (LlmClient client = builder().build()) {
            ChatResponse answer = collect(client, ChatRequest.of("hi"));
            assertEquals(7, answer.attempts().get(0).usage().outputTokens().orElseThrow());
        }
        assertEquals(
                7,
                listener.events(CallFinished.class)
                        .get(0)
                        .usage()
                        .outputTokens()
                        .orElseThrow());
    }

    @Test
    void listener_streamIsReadButNotClosed_receivesTheEnd() {
        first.streamsText("a");
        LlmClient client = builder().build();
        ChatStream stream =
                client.stream(ChatRequest.of("hi")); // a caller who forgets to close it must not block the shutdown
        stream.forEach((ChatStreamEvent event) -> {});
        assertEquals(
                Attempt.Outcome.SUCCESS,
                listener.events(CallFinished.class).get(0).outcome());
        assertTrue(client.shutdown(Duration.ofSeconds(5)));
    }

    @Test
    void stream_linkLacksACapability_isSkipped() {
        first.withCapabilities(Capability.IMAGES);
        second.withCapabilities(Capability.TOOLS).streamsText("hello");
        try (LlmClient client = builder().build()) {
            ChatResponse answer = collect(client, Bench.WITH_TOOL);
            assertEquals("second", answer.provider());
            Attempt skipped = answer.attempts().get(0);
            assertEquals(Attempt.Outcome.SKIPPED, skipped.outcome());
            assertEquals(ErrorReason.MISSING_CAPABILITY, skipped.reason().orElseThrow());
            assertTrue(skipped.message().contains("tools"), skipped.message());
        }
        assertEquals(0, first.calls());
        assertEquals(1, second.requests().get(0).tools().size());
    }

    @Test
    void stream_allLinksLackACapability_isAModelErrorThatListsThem() {
        first.withCapabilities();
        second.withCapabilities(Capability.FILES);
        try (LlmClient client = builder().build()) {
            LlmModelException error = assertThrows(LlmModelException.class, () -> collect(client, Bench.WITH_TOOL));
            assertEquals(ErrorReason.MISSING_CAPABILITY, error.reason().orElseThrow());
            assertEquals(2, error.attempts().size());
        }
    }

    @Test
    void chat_capabilitiesAreUnknown_linkIsCalled() {
        first.answers("hello");
        try (LlmClient client = builder().build()) {
            assertEquals("first", client.chat(Bench.WITH_TOOL).provider());
        }
    }

    @Test
    void noFallback_firstLinkLacksACapability_callsTheFirstCapableOneAlone() {
        ScriptedProvider third = ScriptedProvider.named("third");
        first.withCapabilities();
        second.withCapabilities(Capability.TOOLS).fails(ErrorKind.SERVICE);
        try (LlmClient client = builder()
                .provider(third)
                .chain("default", "first", "second", "third")
                .build()) {
            CallOptions alone = CallOptions.builder().noFallback().build();
            assertThrows(LlmServiceException.class, () -> client.chat(Bench.WITH_TOOL, alone));
        }
        assertEquals(1, second.calls());
        assertEquals(0, third.calls());
    }

    @Test
    void sameModelOnly_linkHasAnotherModel_isSkipped() {
        first.fails(ErrorKind.SERVICE);
        second.withDefaultModel("other");
        try (LlmClient client = builder().build()) {
            CallOptions options = CallOptions.builder().sameModelOnly().build();
            LlmException error = assertThrows(LlmException.class, () -> client.stream(ChatRequest.of("hi"), options)
                    .collect());
            assertEquals(
                    ErrorReason.OTHER_MODEL, error.attempts().get(1).reason().orElseThrow());
        }
        assertEquals(0, second.calls());
    }

    @Test
    void reasoningDetails_ofAnotherProvider_areLeftOutWithANote() {
        first.fails(ErrorKind.SERVICE);
        second.streamsText("hello");
        AssistantMessage earlier = AssistantMessage.builder()
                .text("thought")
                .reasoningDetails(List.of(Map.of("signature", "s")))
                .from("first", "scripted-model")
                .build();
        ChatRequest request =
                ChatRequest.builder().user("hi").message(earlier).user("go on").build();
        try (LlmClient client = builder().build()) {
            ChatResponse answer = collect(client, request);
            assertEquals(List.of(), answer.attempts().get(0).notes());
            assertEquals(1, answer.attempts().get(1).notes().size());
        }
        assertEquals(earlier, first.requests().get(0).messages().get(1));
        AssistantMessage sent =
                (AssistantMessage) second.requests().get(0).messages().get(1);
        assertEquals(List.of(), sent.reasoningDetails());
        assertEquals("thought", sent.text());
    }

    @Test
    void reasoningDetails_ofAnotherModelOfTheProvider_areLeftOutWithANote() {
        first.streamsText("hello");
        AssistantMessage earlier = AssistantMessage.builder()
                .text("thought")
                .reasoningDetails(List.of(Map.of("signature", "s")))
                .from("first", "older")
                .build();
        try (LlmClient client = builder().build()) {
            ChatResponse answer = collect(
                    client,
                    ChatRequest.builder()
                            .user("hi")
                            .message(earlier)
                            .user("go on")
                            .build());
            assertEquals(1, answer.attempts().get(0).notes().size());
        }
    }
}
