package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamHandler;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.api.event.CallStarted;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.core.settings.TimeoutSettings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Ends calls of every kind at random moments while their providers answer or fail. Events and lists of attempts must
 * agree, and nothing may stay behind.
 */
class EndingRaceTest {

    private static final int CALLS = Integer.getInteger("llmspi.ending-races", 2_000);
    private static final long SEED = Long.getLong("llmspi.seed", System.nanoTime());
    /** How many calls are checked a second time, because a surplus event may come late. */
    private static final int REMEMBERED = 200;

    private static final int SLOTS = 4;
    private static final ChatRequest REQUEST = ChatRequest.of("hi");

    /** How a call is made. */
    private enum Use {
        CHAT,
        CHAT_ASYNC,
        STREAM,
        STREAM_ASYNC,
        PUBLISHER,
        CHAT_BY_NAME,
        STREAM_BY_NAME
    }

    /** What ends a call, unless its provider is faster. */
    private enum Ending {
        NONE,
        CANCELLATION,
        TIMEOUT,
        ATTEMPT_TIMEOUT,
        /** Interrupts the calling thread, cancels the future or the subscription. */
        CALLER,
        /** Closes the stream from another thread. */
        CLOSE,
        /** Closes the stream between two reads. */
        READER,
        CLIENT
    }

    private final Random random = new Random(SEED);
    private final Map<String, RacingProvider.Script> scripts = new ConcurrentHashMap<>();
    private final Map<String, CallLog> logs = new ConcurrentHashMap<>();
    private final Deque<CallLog> remembered = new ArrayDeque<>();
    private final ExecutorService ender = Executors.newSingleThreadExecutor();
    private LlmClient client = client();

    @AfterEach
    void close() {
        ender.shutdown();
        client.close();
    }

    private LlmClient client() {
        LlmClientBuilder builder = LlmClient.builder()
                .provider(new RacingProvider("a", scripts))
                .provider(new RacingProvider("b", scripts))
                .chain("default", "a", "b")
                .set("llm.retry.max-retries", 1)
                .set("llm.retry.delay", "0ms")
                .set("llm.retry.max-delay", "0ms")
                .set("llm.retry.budget", 1_000_000)
                .set("llm.limits.max-concurrent", SLOTS)
                .set("llm.cooldown.delay", "1ms")
                .set("llm.cooldown.max-delay", "2ms")
                .listener(new LlmListener() {
                    @Override
                    public LlmListener callStarted(CallStarted event) {
                        CallLog log = logs.getOrDefault(event.call().requestId().orElse(""), new CallLog());
                        return log.callStarted(event);
                    }
                });
        int decorator = random.nextInt(3);
        return decorator == 0
                ? builder.build()
                : builder.wrapCalls(inner -> new Decorator(inner, decorator == 1))
                        .build();
    }

    /** A decorator of calls that wraps streams and may forget to close them. */
    private static final class Decorator extends LlmProviderDecorator {
        private final boolean closes;

        Decorator(LlmProvider inner, boolean closes) {
            super(inner);
            this.closes = closes;
        }

        @Override
        public ChatStream stream(ChatRequest request, CallContext context) {
            ChatStream.Source source = super.stream(request, context).source();
            return ChatStream.of("", new ChatStream.Source() {
                @Override
                public ChatStreamEvent next() {
                    return source.next();
                }

                @Override
                public void close() {
                    if (closes) {
                        source.close();
                    }
                }
            });
        }
    }

    /** One call, which another thread ends. */
    private final class Race {
        private final String id;
        private final Use use;
        private final Ending ending;
        private final int delay = random.nextInt(13);
        private final int readerDelay = random.nextInt(6);
        private final Cancellation cancellation = Cancellation.create();
        private final CallLog log = new CallLog();
        private @Nullable Future<?> ended;

        Race(String id) {
            this.id = id;
            this.use = Use.values()[random.nextInt(Use.values().length)];
            Ending any = Ending.values()[random.nextInt(Ending.values().length)];
            this.ending = any == Ending.CLIENT && random.nextInt(10) > 0 ? Ending.CANCELLATION : any;
        }

        private boolean isStreamOfCaller() {
            return use == Use.STREAM || use == Use.STREAM_BY_NAME;
        }

        /** Whether a provider may wait for its end. */
        private boolean endsForCertain() {
            return switch (ending) {
                case NONE, READER -> false;
                case CLOSE -> isStreamOfCaller();
                default -> true;
            };
        }

        private void endLater(Runnable action) {
            ended = ender.submit(() -> {
                RacingProvider.delay(delay);
                switch (ending) {
                    case CANCELLATION -> cancellation.cancel();
                    case CLIENT -> client.shutdown(Duration.ofNanos(random.nextInt(2) * 100_000L));
                    case CALLER, CLOSE -> action.run();
                    default -> {
                        // the call ends by itself
                    }
                }
            });
        }

        private CallOptions options() {
            CallOptions.Builder options = CallOptions.builder().requestId(id).cancellation(cancellation);
            Duration brief = Duration.ofNanos(20_000 + random.nextInt(400_000));
            if (ending == Ending.TIMEOUT) {
                options.timeout(brief);
            } else if (ending == Ending.ATTEMPT_TIMEOUT) {
                options.timeouts(TimeoutSettings.builder()
                        .attempt(brief)
                        .firstToken(brief)
                        .idle(brief)
                        .build());
            }
            return options.build();
        }

        private CallContext context() {
            return CallContext.builder()
                    .requestId(id)
                    .cancellation(cancellation)
                    .timeout(
                            ending == Ending.TIMEOUT || ending == Ending.ATTEMPT_TIMEOUT
                                    ? Duration.ofNanos(20_000 + random.nextInt(400_000))
                                    : Duration.ofSeconds(30))
                    .build();
        }

        void run() throws Exception {
            logs.put(id, log);
            scripts.put(id, new RacingProvider.Script(random.nextLong(), endsForCertain()));
            Object outcome;
            try {
                outcome = outcome();
            } catch (Exception e) {
                outcome = e;
            }
            while (ended != null && !ended.isDone()) {
                try {
                    ended.get(30, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    // the call has ended before the interrupt
                }
            }
            Thread.interrupted(); // the call may have ended before the interrupt
            if (ending != Ending.CLIENT || !(outcome instanceof IllegalStateException)) {
                log.awaitFinished();
                log.check(outcome);
                remembered.add(log);
            }
            logs.remove(id);
            scripts.remove(id);
        }

        private @Nullable Object outcome() throws Exception {
            LlmProvider named = use == Use.CHAT_BY_NAME || use == Use.STREAM_BY_NAME
                    ? client.registry().get("a")
                    : null;
            switch (use) {
                case CHAT, CHAT_BY_NAME -> {
                    endLater(Thread.currentThread()::interrupt);
                    return named == null ? client.chat(REQUEST, options()) : named.chat(REQUEST, context());
                }
                case STREAM, STREAM_BY_NAME -> {
                    try (ChatStream stream =
                            named == null ? client.stream(REQUEST, options()) : named.stream(REQUEST, context())) {
                        endLater(ending == Ending.CLOSE ? stream::close : Thread.currentThread()::interrupt);
                        return read(stream);
                    }
                }
                case CHAT_ASYNC -> {
                    return get(client.chatAsync(REQUEST, options()));
                }
                case STREAM_ASYNC -> {
                    return get(client.streamAsync(REQUEST, options(), new ChatStreamHandler() {}));
                }
                default -> {
                    return get(publish());
                }
            }
        }

        private @Nullable ChatResponse read(ChatStream stream) {
            Iterator<ChatStreamEvent> events = stream.iterator();
            int most = ending == Ending.READER ? readerDelay : Integer.MAX_VALUE;
            for (int i = 0; i < most && events.hasNext(); i++) {
                events.next();
            }
            return most == Integer.MAX_VALUE ? stream.partial() : null;
        }

        private @Nullable Object get(CompletableFuture<?> future) throws Exception {
            endLater(() -> future.cancel(true));
            try {
                return future.get(30, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                return e.getCause();
            }
        }

        /** Subscribes to a publisher. Cancelling the future cancels the subscription. */
        private CompletableFuture<?> publish() {
            CompletableFuture<Object> last = new CompletableFuture<>();
            client.publisher(REQUEST, options()).subscribe(new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                    last.whenComplete((unused, error) -> subscription.cancel());
                    subscription.request(ending == Ending.READER ? readerDelay + 1 : Long.MAX_VALUE);
                    if (ending == Ending.READER) {
                        last.complete("unread");
                    }
                }

                @Override
                public void onNext(ChatStreamEvent event) {
                    // the events do not matter
                }

                @Override
                public void onError(Throwable thrown) {
                    last.completeExceptionally(thrown);
                }

                @Override
                public void onComplete() {
                    last.complete("complete");
                }
            });
            return last;
        }
    }

    @Test
    void call_endsWhileItIsEnded_eventsAndListsAgree() throws Exception {
        for (int call = 0; call < CALLS; call++) {
            Race race = new Race("call-" + call);
            try {
                race.run();
                if (remembered.size() > REMEMBERED) {
                    remembered.remove().check(null);
                }
            } catch (Throwable e) {
                throw new AssertionError(
                        "call " + call + ", " + race.use + ", " + race.ending + ", -Dllmspi.seed=" + SEED + "\n"
                                + race.log,
                        e);
            }
            if (race.ending == Ending.CLIENT) {
                client = client();
            }
        }
        remembered.forEach(log -> log.check(null));
        checkPermits();
        assertTrue(client.shutdown(Duration.ofSeconds(10)), "a running call");
    }

    /** Uses all permits of each provider at the same time. */
    private void checkPermits() throws Exception {
        client.resetHealth();
        for (String name : List.of("a", "b")) {
            CountDownLatch all = new CountDownLatch(SLOTS);
            List<CompletableFuture<ChatResponse>> answers = new ArrayList<>();
            for (int i = 0; i < SLOTS; i++) {
                String id = name + i;
                scripts.put(id, new RacingProvider.Script(all));
                CallOptions options =
                        CallOptions.builder().requestId(id).provider(name).build();
                answers.add(client.chatAsync(REQUEST, options));
            }
            for (CompletableFuture<ChatResponse> answer : answers) {
                assertEquals("a", answer.get(20, TimeUnit.SECONDS).text());
            }
        }
    }
}
