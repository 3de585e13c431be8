package dev.llmspi.core;

import static dev.llmspi.core.StreamTest.FINISH;
import static dev.llmspi.core.StreamTest.text;
import static dev.llmspi.core.StreamTest.used;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmTimeoutException;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The clocks of a stream: to its first content, between two events, in all. */
@Timeout(30)
class StreamClockTest {

    private final RecordingListener listener = RecordingListener.create();
    private final ScriptedProvider provider = ScriptedProvider.named("p");

    private LlmClientBuilder builder() {
        return LlmClient.builder()
                .listener(listener)
                .provider(provider)
                .chain("default", "p")
                .set("llm.retry.delay", "1ms")
                .set("llm.retry.max-delay", "1ms");
    }

    private static ChatStream ask(LlmClient client) {
        return client.stream(ChatRequest.of("hi"));
    }

    @Test
    void firstTokenClock_silenceBeforeContent_isATimeoutThatIsRetried() {
        provider.streamsThenHangs(used(1)).streamsText("hello");
        try (LlmClient client =
                builder().set("llm.timeouts.first-token", "100ms").build()) {
            ChatResponse answer = ask(client).collect();
            assertEquals("hello", answer.text());
            Attempt silent = answer.attempts().get(0);
            assertEquals(ErrorReason.FIRST_TOKEN_TIMEOUT, silent.reason().orElseThrow());
            assertTrue(silent.duration().toMillis() >= 100 && silent.duration().toMillis() < 350, silent.toString());
        }
    }

    @Test
    void firstTokenClock_silenceBeforeContent_nextAnswers() {
        provider.streamsThenHangs();
        ScriptedProvider second = ScriptedProvider.named("second").streamsText("hello");
        try (LlmClient client = builder()
                .provider(second)
                .chain("default", "p", "second")
                .set("llm.retry.max-retries", 0)
                .set("llm.timeouts.first-token", "100ms")
                .build()) {
            assertEquals("second", ask(client).collect().provider());
        }
    }

    @Test
    void idleClock_silenceAfterContent_isOneTimeoutWithWhatWasDelivered() {
        provider.streamsThenHangs(text("a"), text("b"));
        try (LlmClient client = builder().set("llm.timeouts.idle", "100ms").build()) {
            LlmTimeoutException error =
                    assertThrows(LlmTimeoutException.class, () -> ask(client).collect());
            assertEquals(ErrorReason.IDLE_TIMEOUT, error.reason().orElseThrow());
            assertEquals("ab", error.partial().orElseThrow().text());
            assertEquals(1, error.attempts().size());
        }
        assertEquals(1, provider.calls());
    }

    @Test
    void idleClock_slowReader_doesNotRing() throws Exception {
        ManualTimeSource time = ManualTimeSource.create();
        provider.streams(text("a"), text("b"), text("c"), FINISH);
        try (LlmClient client = builder().timeSource(time).build();
                ChatStream stream = ask(client)) {
            Iterator<ChatStreamEvent> events = stream.iterator();
            for (int i = 0; i < 4; i++) {
                events.next();
                time.advance(Duration.ofSeconds(100)); // idle and first-token are 30 s, attempt is 60 s
                awaitALookOfTheWatch();
            }
            assertEquals("abc", stream.partial().text());
            assertTrue(provider.contexts().get(0).remaining().compareTo(Duration.ZERO) > 0 || !events.hasNext());
        }
        assertEquals(
                Attempt.Outcome.SUCCESS,
                listener.events(CallFinished.class).get(0).outcome());
    }

    @Test
    void attemptClock_wholeAnswerThatIsNotReadYet_doesNotRing() {
        ManualTimeSource time = ManualTimeSource.create();
        provider.streams(used(1), FINISH); // without content: the attempt has read it to its end
        try (LlmClient client = builder().timeSource(time).build();
                ChatStream stream = ask(client)) {
            Iterator<ChatStreamEvent> events = stream.iterator();
            events.next();
            time.advance(Duration.ofSeconds(100));
            awaitALookOfTheWatch();
            assertEquals(FINISH, events.next());
        }
    }

    /** The watch looks at all calls within 50 ms: a clock of another call that rings proves that it has looked. */
    private static void awaitALookOfTheWatch() {
        ScriptedProvider hanging = ScriptedProvider.named("h").hangs();
        try (LlmClient other = LlmClient.builder()
                .provider(hanging)
                .chain("default", "h")
                .set("llm.retry.max-retries", 0)
                .build()) {
            CallOptions options =
                    CallOptions.builder().timeout(Duration.ofMillis(60)).build();
            assertThrows(LlmTimeoutException.class, () -> other.chat(ChatRequest.of("hi"), options));
        }
    }

    @Test
    void totalClock_inMidStream_isATimeoutWithWhatWasDelivered() {
        provider.streamsThenHangs(text("a"));
        try (LlmClient client = builder().build()) {
            CallOptions options =
                    CallOptions.builder().timeout(Duration.ofMillis(150)).build();
            LlmTimeoutException error =
                    assertThrows(LlmTimeoutException.class, () -> client.stream(ChatRequest.of("hi"), options)
                            .collect());
            assertEquals(ErrorReason.TOTAL_TIMEOUT, error.reason().orElseThrow());
            assertEquals("a", error.partial().orElseThrow().text());
        }
        assertEquals(1, provider.calls());
    }

    @Test
    void totalClock_beforeTheFirstRead_asksNobody() {
        ManualTimeSource time = ManualTimeSource.create();
        try (LlmClient client = builder().timeSource(time).build();
                ChatStream stream = ask(client)) {
            time.advance(Duration.ofMinutes(11));
            LlmTimeoutException error = assertThrows(LlmTimeoutException.class, stream::collect);
            assertEquals(ErrorReason.TOTAL_TIMEOUT, error.reason().orElseThrow());
            assertEquals(List.of(), error.attempts());
        }
        assertEquals(0, provider.calls());
    }
}
