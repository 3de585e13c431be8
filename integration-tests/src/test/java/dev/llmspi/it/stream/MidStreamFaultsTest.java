package dev.llmspi.it.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamEvent.TextDelta;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.it.faults.FaultBench;
import dev.llmspi.it.server.StreamReply;
import dev.llmspi.testkit.ManualTimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Tests streams that break after some text. The caller must get one error that contains this text. There must be no
 * retry, no fallback and no repeated text.
 */
class MidStreamFaultsTest {

    private static final int FAULTS = Integer.getInteger("llmspi.mid-stream-faults", 200);
    private static final int SILENCES = Math.max(3, FAULTS / 200);

    /** A server's fault after it has sent some text. */
    private enum Fault {
        ERROR_EVENT(reply -> reply.error(502).end(), ErrorKind.SERVICE),
        RATE_LIMIT_EVENT(reply -> reply.error(429).end(), ErrorKind.RATE_LIMIT),
        ERROR_EVENT_AND_OPEN(reply -> reply.error(500), ErrorKind.SERVICE),
        GARBAGE_EVENT(reply -> reply.event("{no json").end(), ErrorKind.SERVICE),
        SILENT_END(StreamReply::end, ErrorKind.SERVICE),
        CUT(StreamReply::cut, null),
        CUT_IN_AN_EVENT(reply -> reply.body("data: {\"choices\":[{\"ind").cut(), null),
        END_IN_AN_EVENT(reply -> reply.body("data: {\"choices\":[{\"ind").end(), ErrorKind.SERVICE),
        RESET(StreamReply::reset, ErrorKind.CONNECTION);

        private final UnaryOperator<StreamReply> ending;
        /**
         * The error kind, or null if it depends on the framing. Without chunks, a broken connection looks like a proper
         * end.
         */
        private final ErrorKind kind;

        Fault(UnaryOperator<StreamReply> ending, ErrorKind kind) {
            this.ending = ending;
            this.kind = kind;
        }
    }

    @Tag("fault-6.17")
    @Tag("fault-6.19")
    @Tag("fault-6.20")
    @Test
    void stream_breaksAfterText_isOneErrorWithThatText() {
        long seed = Long.getLong("llmspi.seed", new Random().nextLong());
        Random random = new Random(seed);
        int[] asked = new int[2];
        try (FaultBench both = FaultBench.both()
                .withoutCooldowns()
                .time(ManualTimeSource.create())
                .with(builder -> builder.executor(Runnable::run))) {
            LlmClient client = both.client();
            for (int call = 0; call < FAULTS; call++) {
                Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
                boolean first = random.nextBoolean();
                String provider = first ? "openrouter" : "portkey";
                asked[first ? 0 : 1]++;
                String where = "seed " + seed + ", call " + call + ": " + fault + " at " + provider;
                List<String> texts = texts(call, 1 + random.nextInt(4));
                CountDownLatch read = new CountDownLatch(texts.size());
                StreamReply reply = random.nextBoolean() ? StreamReply.chunked() : StreamReply.untilClose();
                both.server(provider)
                        .then(fault.ending.apply(saying(texts, reply).await(read)));
                List<String> seen = new ArrayList<>();
                LlmException error = failure(client, provider, random.nextBoolean(), text -> {
                    seen.add(text);
                    read.countDown();
                });
                assertEquals(texts, seen, where);
                assertDelivered(texts, error, where);
                assertEquals(
                        fault.kind == null && error.kind() == ErrorKind.CONNECTION ? error.kind() : kind(fault),
                        error.kind(),
                        where + ": " + error);
            }
            assertEquals(FAULTS, both.listener.events(CallFinished.class).size(), "seed " + seed);
            assertEquals(asked[0], both.openrouter.posts(), "seed " + seed);
            assertEquals(asked[1], both.portkey.posts(), "seed " + seed);
        }
    }

    private static ErrorKind kind(Fault fault) {
        return fault.kind == null ? ErrorKind.SERVICE : fault.kind;
    }

    @Tag("fault-6.17")
    @Test
    void stream_doneWithoutFinishThroughPortkey_isACutStream() {
        try (FaultBench both = FaultBench.both()) {
            LlmClient client = both.client();
            both.portkey.then(StreamReply.chunked().text("a").done());
            LlmException error = failure(client, "portkey", false, text -> {});
            assertEquals(ErrorReason.TRUNCATED, error.reason().orElseThrow());
            assertDelivered(List.of("a"), error, "portkey");
            assertEquals(1, both.portkey.posts());
        }
    }

    @Tag("fault-2.5")
    @Test
    void stream_silentAfterText_isOneTimeoutWithThatTextAndTheServerSeesTheEnd() throws Exception {
        try (FaultBench both = FaultBench.both().withoutCooldowns().set("llm.timeouts.idle", "40ms")) {
            LlmClient client = both.client();
            for (int call = 0; call < SILENCES; call++) {
                List<String> texts = texts(call, 2);
                // Comments keep arriving while no content does. They must not extend the timeout.
                both.openrouter.then(
                        saying(texts, StreamReply.chunked()).comment().comment());
                LlmException error = failure(client, "openrouter", false, text -> {});
                assertEquals(ErrorReason.IDLE_TIMEOUT, error.reason().orElseThrow());
                assertDelivered(texts, error, "call " + call);
                both.openrouter.awaitClientsGone(call + 1);
            }
            assertEquals(SILENCES, both.listener.events(CallFinished.class).size());
            assertEquals(SILENCES, both.openrouter.posts());
            assertEquals(0, both.portkey.posts());
        }
    }

    private static List<String> texts(int call, int count) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add("token-" + call + "-" + i + " ");
        }
        return texts;
    }

    private static StreamReply saying(List<String> texts, StreamReply reply) {
        StreamReply all = reply.comment().role();
        for (String text : texts) {
            all = all.text(text);
        }
        return all;
    }

    private static void assertDelivered(List<String> texts, LlmException error, String where) {
        assertEquals(String.join("", texts), error.partial().orElseThrow().text(), where);
        assertEquals(1, error.attempts().size(), where + ": " + error);
        assertEquals(Attempt.Outcome.ERROR, error.attempts().get(0).outcome(), where);
        assertTrue(error.attempts().get(0).firstToken().isPresent(), where);
    }

    /** Returns the only error of a call, whose events are either read by this thread or delivered to a subscriber. */
    private static LlmException failure(LlmClient client, String provider, boolean published, Consumer<String> onText) {
        CallOptions options = CallOptions.builder().startWith(provider).build();
        if (!published) {
            return assertThrows(LlmException.class, () -> client.stream(ChatRequest.of("hi"), options)
                    .forEachText(onText));
        }
        Ends ends = new Ends(onText);
        client.publisher(ChatRequest.of("hi"), options).subscribe(ends);
        assertEquals(1, ends.signals.size());
        return assertInstanceOf(LlmException.class, ends.signals.get(0));
    }

    /** Requests all events and stores the terminal signals. */
    private static final class Ends implements Flow.Subscriber<ChatStreamEvent> {
        private final List<Object> signals = new ArrayList<>();
        private final Consumer<String> onText;

        private Ends(Consumer<String> onText) {
            this.onText = onText;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(ChatStreamEvent event) {
            if (event instanceof TextDelta delta) {
                onText.accept(delta.text());
            }
        }

        @Override
        public void onError(Throwable error) {
            signals.add(error);
        }

        @Override
        public void onComplete() {
            signals.add("complete");
        }
    }
}
