package dev.llmspi.it.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.AttemptFinished;
import dev.llmspi.api.event.AttemptStarted;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.CallStarted;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.HealthStatus;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.settings.TimeoutSettings;
import dev.llmspi.it.server.ReceivedRequest;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.it.soak.SoakCall.Prediction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Both providers fail in every way there is, under many callers, for a while. What comes of each call is decided by the seed; the
 * servers know from the number in a header what is wanted of them.
 */
@Tag("soak")
class SoakTest {

    private static final int CALLS = Integer.getInteger("llmspi.soak-calls", 300);
    private static final int WARM_UP = 300;
    private static final int CALLERS = 8;
    private static final long SEED = Long.getLong("llmspi.seed", System.nanoTime());
    private static final String NUMBER = "X-Call-Number";
    /** Of the few calls for which a clock must ring. */
    private static final TimeoutSettings SHORT_CLOCKS = TimeoutSettings.builder()
            .attempt(Duration.ofMillis(500))
            .firstToken(Duration.ofMillis(500))
            .idle(Duration.ofMillis(500))
            .build();

    /** A call the servers are to deal with, and how often each has been asked. */
    private record Running(SoakCall call, Cancellation stop, Map<String, AtomicInteger> asked) {

        Reply reply(String provider) {
            int attempt = asked.get(provider).getAndIncrement();
            SoakFault fault = call.fault(provider, attempt);
            if (fault == null) {
                return call.mode().answer(call.answer(provider));
            }
            Reply reply = fault.reply(call.mode());
            return fault != SoakFault.CANCELLED
                    ? reply
                    : connection -> {
                        stop.cancel();
                        reply.send(connection);
                    };
        }
    }

    /** Counts, and keeps nothing. */
    private static final class Counts implements LlmListener {
        private final LongAdder calls = new LongAdder();
        private final LongAdder callsEnded = new LongAdder();
        private final LongAdder answered = new LongAdder();
        private final LongAdder attempts = new LongAdder();
        private final LongAdder attemptsEnded = new LongAdder();
        private final LongAdder sent = new LongAdder();

        @Override
        public LlmListener callStarted(CallStarted event) {
            calls.increment();
            return this;
        }

        @Override
        public void attemptStarted(AttemptStarted event, BiConsumer<String, String> headers) {
            attempts.increment();
        }

        @Override
        public void attemptFinished(AttemptFinished event) {
            attemptsEnded.increment();
            sent.add(event.result().sent() ? 1 : 0);
        }

        @Override
        public void callFinished(CallFinished event) {
            callsEnded.increment();
            answered.add(event.outcome() == Attempt.Outcome.SUCCESS ? 1 : 0);
        }
    }

    @Test
    void manyCalls_withFaultsTheSeedDraws_endAsPredictedAndLeaveNothing() throws Exception {
        System.out.println("SoakTest: llmspi.seed=" + SEED);
        Footprint untouched = Footprint.now();
        soak(0, WARM_UP); // classes are loaded
        Footprint before = Footprint.now().withThreadsOf(untouched);
        long start = System.nanoTime();
        soak(WARM_UP, CALLS);
        System.out.println(
                "SoakTest: " + CALLS + " calls in " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + " ms");
        before.awaitBack("seed " + SEED);
        System.out.println("SoakTest: at the start " + before + ", at the end " + Footprint.now());
    }

    private static void soak(int first, int count) throws Exception {
        Map<String, Running> running = new ConcurrentHashMap<>();
        Counts counts = new Counts();
        Totals predicted = new Totals();
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try (TestUpstream openrouter = TestUpstream.start()
                        .keepingNoRequests()
                        .answering(request -> reply(running, request, "openrouter"));
                TestUpstream portkey = TestUpstream.start()
                        .keepingNoRequests()
                        .answering(request -> reply(running, request, "portkey"))) {
            try (LlmClient client = client(openrouter, portkey, counts)) {
                AtomicInteger next = new AtomicInteger(first);
                List<Future<?>> all = new ArrayList<>();
                for (int caller = 0; caller < CALLERS; caller++) {
                    all.add(callers.submit(() -> {
                        for (int n = next.getAndIncrement(); n < first + count; n = next.getAndIncrement()) {
                            predicted.add(call(client, SoakCall.draw(SEED, n), running));
                        }
                    }));
                }
                for (Future<?> caller : all) {
                    caller.get();
                }
                assertTrue(
                        client.health().stream().allMatch(status -> status.state() == HealthStatus.State.AVAILABLE),
                        () -> "seed " + SEED + ": " + client.health());
                assertTrue(client.shutdown(Duration.ofSeconds(10)), "seed " + SEED + ": every call has ended");
            }
            openrouter.awaitNoConnections();
            portkey.awaitNoConnections();
            assertEquals(
                    predicted.shown(count),
                    "calls " + counts.calls + ", ended " + counts.callsEnded + ", answered " + counts.answered
                            + ", attempts " + counts.attempts + ", ended " + counts.attemptsEnded + ", sent "
                            + counts.sent + ", at openrouter " + openrouter.posts() + ", at portkey "
                            + portkey.posts(),
                    "seed " + SEED);
        } finally {
            callers.shutdownNow();
            assertTrue(callers.awaitTermination(10, TimeUnit.SECONDS));
        }
    }

    /** What the seed says of all calls together. */
    private static final class Totals {
        private final LongAdder answered = new LongAdder();
        private final LongAdder openrouter = new LongAdder();
        private final LongAdder portkey = new LongAdder();

        void add(Prediction call) {
            answered.add(call.end().startsWith("answer") ? 1 : 0);
            openrouter.add(call.posts("openrouter"));
            portkey.add(call.posts("portkey"));
        }

        String shown(int calls) {
            long attempts = openrouter.sum() + portkey.sum();
            return "calls " + calls + ", ended " + calls + ", answered " + answered + ", attempts " + attempts
                    + ", ended " + attempts + ", sent " + attempts + ", at openrouter " + openrouter
                    + ", at portkey " + portkey;
        }
    }

    private static Reply reply(Map<String, Running> running, ReceivedRequest request, String provider) {
        Running call = running.get(request.header(NUMBER).orElse(""));
        return call == null ? Reply.error(599, "599", "nobody makes this call") : call.reply(provider);
    }

    /** Nobody is left alone, retries do not run out: what one call meets does not change another. */
    private static LlmClient client(TestUpstream openrouter, TestUpstream portkey, LlmListener listener) {
        return LlmClient.builder()
                .listener(listener)
                .provider("openrouter", block -> block.apiKey("or-key")
                        .baseUrl(openrouter.url("/api/v1").toString())
                        .defaultModel("m"))
                .provider("portkey", block -> block.apiKey("pk-key")
                        .baseUrl(portkey.url("/v1").toString())
                        .defaultModel("m")
                        .set("provider", "openai"))
                .chain("default", "openrouter", "portkey")
                .set("llm.cooldown.after-failures", 0)
                .set("llm.cooldown.max", "0s")
                .set("llm.retry.budget", 1_000_000)
                .set("llm.retry.max-retries", SoakCall.MAX_RETRIES)
                .set("llm.retry.delay", "1ms")
                .set("llm.retry.max-delay", "3ms")
                .build();
    }

    private static Prediction call(LlmClient client, SoakCall call, Map<String, Running> running) {
        String number = String.valueOf(call.number());
        Cancellation stop = Cancellation.create();
        running.put(
                number,
                new Running(call, stop, Map.of("openrouter", new AtomicInteger(), "portkey", new AtomicInteger())));
        AtomicReference<CallFinished> finished = new AtomicReference<>();
        CallOptions.Builder options = CallOptions.builder()
                .startWith(call.links().get(0))
                .header(NUMBER, number)
                .cancellation(stop)
                .listener(new LlmListener() {
                    @Override
                    public void callFinished(CallFinished event) {
                        assertTrue(finished.compareAndSet(null, event), "a call ends once");
                    }
                });
        if (call.waitsForAClock()) {
            options.timeouts(SHORT_CLOCKS);
        }
        String end;
        try {
            end = call.mode()
                    .call(client, ChatRequest.of("hi"), options.build(), text -> {})
                    .text();
        } catch (CancellationException e) {
            end = "cancelled";
        } catch (LlmException e) {
            end = e.kind()
                    + e.partial().map(partial -> " after " + partial.text()).orElse("");
        } finally {
            running.remove(number);
        }
        Prediction predicted = call.predicted();
        assertEquals(
                predicted,
                new Prediction(
                        end,
                        finished.get().attempts().stream().map(SoakTest::shown).toList()),
                () -> "seed " + SEED + ", " + call);
        return predicted;
    }

    private static String shown(Attempt attempt) {
        return attempt.provider() + " "
                + attempt.kind().map(Enum::name).orElse(attempt.outcome().name());
    }
}
