package dev.llmspi.core;

import static dev.llmspi.core.StreamTest.FINISH;
import static dev.llmspi.core.StreamTest.text;
import static dev.llmspi.core.StreamTest.used;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.api.error.LlmTimeoutException;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.core.call.Silence;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the timeouts of a stream: until its first content, between two events, and in total. */
@Timeout(30)
class StreamTimeoutTest {

    private final ScriptedProvider provider = ScriptedProvider.named("p");
    private final Bench bench = new Bench(provider);
    private final ManualTimeSource time = bench.time;
    private final RecordingListener listener = bench.listener;

    private LlmClientBuilder builder() {
        return bench.builder();
    }

    /**
     * A provider whose first stream delivers the events and is then silent until a timeout ends the attempt. Later
     * streams are scripted.
     */
    private final class SilentAtFirst extends LlmProviderDecorator {
        private final Duration silence;
        private final ChatStreamEvent[] events;
        private int streams;

        SilentAtFirst(Duration silence, ChatStreamEvent... events) {
            super(provider);
            this.silence = silence;
            this.events = events;
        }

        @Override
        public ChatStream stream(ChatRequest request, CallContext context) {
            streams++;
            return streams == 1 ? Silence.stream(silence, time, context, events) : inner().stream(request, context);
        }
    }

    private LlmClientBuilder builder(SilentAtFirst silent) {
        return LlmClient.builder()
                .timeSource(time)
                .listener(listener)
                .provider(silent)
                .chain("default", "p");
    }

    private static ChatStream ask(LlmClient client) {
        return client.stream(ChatRequest.of("hi"));
    }

    @Test
    void stream_silentBeforeContent_firstTokenTimeoutIsRetried() {
        provider.streamsText("hello");
        try (LlmClient client = builder(new SilentAtFirst(Duration.ofSeconds(9), used(1)))
                .set("llm.timeouts.first-token", "9s")
                .build()) {
            ChatResponse answer = ask(client).collect();
            assertEquals("hello", answer.text());
            Attempt silent = answer.attempts().get(0);
            assertEquals(ErrorReason.FIRST_TOKEN_TIMEOUT, silent.reason().orElseThrow());
            assertEquals(Duration.ofSeconds(9), silent.duration());
        }
    }

    @Test
    void stream_silentBeforeContentWithoutRetries_nextLinkAnswers() {
        ScriptedProvider second = ScriptedProvider.named("second").streamsText("hello");
        try (LlmClient client = builder(new SilentAtFirst(Duration.ofSeconds(9)))
                .provider(second)
                .chain("default", "p", "second")
                .set("llm.retry.max-retries", 0)
                .set("llm.timeouts.first-token", "9s")
                .build()) {
            assertEquals("second", ask(client).collect().provider());
        }
    }

    @Test
    void stream_silentAfterContent_idleTimeoutCarriesTheDeliveredContent() {
        SilentAtFirst silent = new SilentAtFirst(Duration.ofSeconds(9), text("a"), text("b"));
        try (LlmClient client = builder(silent).set("llm.timeouts.idle", "9s").build()) {
            LlmTimeoutException error =
                    assertThrows(LlmTimeoutException.class, () -> ask(client).collect());
            assertEquals(ErrorReason.IDLE_TIMEOUT, error.reason().orElseThrow());
            assertEquals("ab", error.partial().orElseThrow().text());
            assertEquals(1, error.attempts().size());
        }
        assertEquals(1, silent.streams);
    }

    @Test
    void stream_readerIsSlow_noTimeoutExpires() {
        provider.streams(text("a"), text("b"), text("c"), FINISH);
        try (LlmClient client = builder().provider(silent()).build();
                ChatStream stream = ask(client)) {
            Iterator<ChatStreamEvent> events = stream.iterator();
            for (int i = 0; i < 4; i++) {
                events.next();
                time.advance(Duration.ofSeconds(100)); // idle and first-token are 30 s, attempt is 60 s
                awaitWatchdog(client);
            }
            assertEquals("abc", stream.partial().text());
            assertFalse(events.hasNext());
        }
        CallFinished finished = listener.events(CallFinished.class).stream()
                .filter(event -> event.attempts().get(0).provider().equals("p"))
                .findFirst()
                .orElseThrow();
        assertEquals(Attempt.Outcome.SUCCESS, finished.outcome());
    }

    @Test
    void stream_wholeAnswerHasArrivedUnread_noTimeoutExpires() {
        provider.streams(used(1), FINISH); // there is no content, so the attempt has read it to its end
        try (LlmClient client = builder().provider(silent()).build();
                ChatStream stream = ask(client)) {
            Iterator<ChatStreamEvent> events = stream.iterator();
            events.next();
            time.advance(Duration.ofSeconds(100));
            awaitWatchdog(client);
            assertEquals(FINISH, events.next());
        }
    }

    private ScriptedProvider silent() {
        return ScriptedProvider.named("silent")
                .then((request, context) -> {
                    throw Silence.pass(context.remaining(), time, context);
                })
                .repeat();
    }

    /** Waits until the watchdog has checked all calls. Two timeouts of other calls prove that one check is complete. */
    private static void awaitWatchdog(LlmClient client) {
        CallOptions options = CallOptions.builder()
                .provider("silent")
                .timeout(Duration.ofMillis(1))
                .build();
        for (int i = 0; i < 2; i++) {
            assertThrows(LlmTimeoutException.class, () -> client.chat(ChatRequest.of("hi"), options));
        }
    }

    @Test
    void stream_totalTimeoutExpiresAfterContent_errorCarriesTheDeliveredContent() {
        SilentAtFirst silent = new SilentAtFirst(Duration.ofSeconds(9), text("a"));
        try (LlmClient client = builder(silent).build()) {
            CallOptions options =
                    CallOptions.builder().timeout(Duration.ofSeconds(9)).build();
            LlmTimeoutException error =
                    assertThrows(LlmTimeoutException.class, () -> client.stream(ChatRequest.of("hi"), options)
                            .collect());
            assertEquals(ErrorReason.TOTAL_TIMEOUT, error.reason().orElseThrow());
            assertEquals("a", error.partial().orElseThrow().text());
        }
        assertEquals(1, silent.streams);
    }

    @Test
    void stream_totalTimeoutExpiresBeforeTheFirstRead_makesNoAttempt() {
        try (LlmClient client = builder().build();
                ChatStream stream = ask(client)) {
            time.advance(Duration.ofMinutes(11));
            LlmTimeoutException error = assertThrows(LlmTimeoutException.class, stream::collect);
            assertEquals(ErrorReason.TOTAL_TIMEOUT, error.reason().orElseThrow());
            assertEquals(List.of(), error.attempts());
        }
        assertEquals(0, provider.calls());
    }
}
