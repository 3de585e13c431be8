package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamEvent.Finish;
import dev.llmspi.api.ChatStreamEvent.TextDelta;
import dev.llmspi.api.ChatStreamEvent.UsageReported;
import dev.llmspi.api.ChatStreamHandler;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.Usage;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests what the reader of a stream receives: from one provider, after a failure, and at the end. */
class StreamTest {

    static final ChatStreamEvent FINISH = Finish.of(FinishReason.STOP);

    private final ScriptedProvider first = ScriptedProvider.named("first");
    private final ScriptedProvider second = ScriptedProvider.named("second");
    private final Bench bench = new Bench(first, second);
    private final ManualTimeSource time = bench.time;
    private final RecordingListener listener = bench.listener;

    static ChatStreamEvent text(String text) {
        return new TextDelta(text);
    }

    static ChatStreamEvent used(long outputTokens) {
        return new UsageReported(Usage.builder().outputTokens(outputTokens).build());
    }

    private LlmClientBuilder builder() {
        return bench.builder().set("llm.retry.max-retries", 1);
    }

    private static ChatStream ask(LlmClient client) {
        return client.stream(ChatRequest.of("hi"));
    }

    private static LlmException broken() {
        return LlmServiceException.builder().message("broken").build();
    }

    @Test
    void forEach_events_deliversEachAndCollectsTheAnswer() {
        first.streams(text("a"), text("b"), used(2), FINISH);
        try (LlmClient client = builder().build();
                ChatStream stream = ask(client)) {
            List<ChatStreamEvent> events = new ArrayList<>();
            stream.forEach((ChatStreamEvent event) -> events.add(event));
            assertEquals(List.of(text("a"), text("b"), used(2), FINISH), events);
            ChatResponse answer = stream.partial();
            assertEquals("ab", answer.text());
            assertEquals(FinishReason.STOP, answer.finishReason());
            assertEquals(2, answer.usage().outputTokens().orElseThrow());
            assertFalse(stream.isCancelled());
        }
    }

    @Test
    void forEachText_answer_deliversEachPieceAndReturnsTheWhole() {
        first.streamsText("a", "b");
        try (LlmClient client = builder().build()) {
            List<String> pieces = new ArrayList<>();
            ChatResponse answer = ask(client).forEachText(pieces::add);
            assertEquals(List.of("a", "b"), pieces);
            assertEquals("ab", answer.text());
        }
    }

    @Test
    void forEach_handler_receivesEachKindOfEvent() {
        first.streams(new ChatStreamEvent.ReasoningDelta("hm"), text("a"), used(3), FINISH);
        List<String> calls = new ArrayList<>();
        ChatStreamHandler handler = new ChatStreamHandler() {
            @Override
            public void onText(String text) {
                calls.add("text " + text);
            }

            @Override
            public void onReasoning(String text) {
                calls.add("reasoning " + text);
            }

            @Override
            public void onUsage(Usage usage) {
                calls.add("usage " + usage.outputTokens().orElseThrow());
            }

            @Override
            public void onFinish(Finish finish) {
                calls.add("finish " + finish.reason());
            }
        };
        try (LlmClient client = builder().build()) {
            ChatResponse answer = ask(client).forEach(handler);
            assertEquals(List.of("reasoning hm", "text a", "usage 3", "finish STOP"), calls);
            assertEquals("hm", answer.message().reasoning().orElseThrow());
        }
    }

    @Test
    void collect_answer_namesItsProviderAndItsCall() {
        first.fails(ErrorKind.RESOURCE_EXHAUSTED);
        second.streamsText("hello");
        try (LlmClient client = builder().build()) {
            ChatResponse answer = ask(client).collect();
            assertEquals("second", answer.provider());
            assertEquals(second.contexts().get(0).callId(), answer.callId());
            assertEquals(
                    List.of("first", "second"),
                    answer.attempts().stream().map(Attempt::provider).toList());
            assertTrue(answer.message().isFrom("second", "scripted-model"));
        }
    }

    @Test
    void iterator_secondTime_isRefused() {
        first.streamsText("a");
        try (LlmClient client = builder().build();
                ChatStream stream = ask(client)) {
            assertTrue(stream.iterator().hasNext());
            assertThrows(IllegalStateException.class, stream::iterator);
            assertThrows(IllegalStateException.class, stream::collect);
        }
    }

    @Test
    void stream_notRead_makesNoAttempt() {
        LlmClient client = builder().build();
        ask(client).close();
        assertTrue(client.shutdown(Duration.ofSeconds(5)));
        assertEquals(0, first.calls());
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorKind.class,
            names = {"CONNECTION", "SERVICE", "RATE_LIMIT", "TIMEOUT"})
    void stream_failsBeforeContent_isRetriedAndTheReaderSeesOnlyTheSecondAttempt(ErrorKind kind) {
        LlmException error = LlmException.builder(kind).message("not now").build();
        first.streamsThenFails(error, used(99)).streams(used(1), text("a"), FINISH);
        try (LlmClient client = builder().build();
                ChatStream stream = ask(client)) {
            List<ChatStreamEvent> events = new ArrayList<>();
            stream.forEach((ChatStreamEvent event) -> events.add(event));
            assertEquals(List.of(used(1), text("a"), FINISH), events);
            assertEquals(1, time.sleeps().size());
            assertEquals(kind, stream.partial().attempts().get(0).kind().orElseThrow());
        }
    }

    @Test
    void stream_retriesBeforeContentAreUsedUp_readerSeesOnlyTheNextLink() {
        first.streamsThenFails(broken(), used(99)).streams(used(98));
        second.streamsText("hello");
        try (LlmClient client = builder().build();
                ChatStream stream = ask(client)) {
            List<ChatStreamEvent> events = new ArrayList<>();
            stream.forEach((ChatStreamEvent event) -> events.add(event));
            assertEquals(List.of(text("hello"), FINISH), events);
            ChatResponse answer = stream.partial();
            assertEquals(Usage.none(), answer.usage());
            assertEquals(
                    List.of("first", "first", "second"),
                    answer.attempts().stream().map(Attempt::provider).toList());
        }
    }

    @Test
    void stream_failsAfterContent_errorCarriesTheDeliveredContent() {
        first.streamsThenFails(broken(), text("a"), text("b"));
        try (LlmClient client = builder().build()) {
            List<String> pieces = new ArrayList<>();
            LlmException error =
                    assertThrows(LlmServiceException.class, () -> ask(client).forEachText(pieces::add));
            assertEquals(List.of("a", "b"), pieces);
            assertEquals("ab", error.partial().orElseThrow().text());
            assertEquals("first", error.partial().orElseThrow().provider());
            assertEquals(1, error.attempts().size());
            assertEquals(first.contexts().get(0).callId(), error.callId());
        }
        assertEquals(1, first.calls());
        assertEquals(0, second.calls());
    }

    @Test
    void stream_failedAndReadAgain_throwsTheSameErrorWithoutAnotherAttempt() {
        first.fails(ErrorKind.INVALID_REQUEST).streamsText("never");
        try (LlmClient client = builder().build();
                ChatStream stream = ask(client)) {
            Iterator<ChatStreamEvent> events = stream.iterator();
            LlmException once = assertThrows(LlmException.class, events::hasNext);
            LlmException again = assertThrows(LlmException.class, events::next);
            assertSame(once, again);
            assertEquals(1, first.calls());
        }
    }

    @Test
    void stream_failedAfterContentAndReadAgain_deliversNothingMore() {
        first.streams(text("a"));
        try (LlmClient client = builder().build();
                ChatStream stream = ask(client)) {
            Iterator<ChatStreamEvent> events = stream.iterator();
            events.next();
            LlmException once = assertThrows(LlmException.class, events::hasNext);
            assertSame(once, assertThrows(LlmException.class, events::hasNext));
            assertEquals(1, once.attempts().size());
        }
        assertEquals(1, listener.events(CallFinished.class).size());
    }

    @Test
    void stream_endsWithoutFinishAfterContent_isATruncatedServiceError() {
        first.streams(text("a"), used(1));
        try (LlmClient client = builder().build()) {
            LlmServiceException error =
                    assertThrows(LlmServiceException.class, () -> ask(client).collect());
            assertEquals(ErrorReason.TRUNCATED, error.reason().orElseThrow());
            assertEquals("a", error.partial().orElseThrow().text());
        }
        assertEquals(1, first.calls());
    }

    @Test
    void stream_endsWithoutFinishBeforeContent_isRetried() {
        first.streams().streamsText("a");
        try (LlmClient client = builder().build()) {
            ChatResponse answer = ask(client).collect();
            assertEquals("a", answer.text());
            assertEquals(
                    ErrorReason.TRUNCATED, answer.attempts().get(0).reason().orElseThrow());
        }
    }

    @Test
    void stream_eventsAfterFinish_areIgnored() {
        first.streams(text("a"), FINISH, text("b"), FINISH);
        try (LlmClient client = builder().build()) {
            assertEquals("a", ask(client).collect().text());
        }
        assertEquals(1, listener.events(CallFinished.class).size());
    }
}
