package dev.llmspi.core;

import static dev.llmspi.core.StreamTest.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Account;
import dev.llmspi.api.AccountStatus;
import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamHandler;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.ModelCatalog;
import dev.llmspi.api.ModelInfo;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.CallStarted;
import dev.llmspi.testkit.RecordingListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests that a shutdown waits for calls of every form, and that every future and subscriber is completed, whatever its
 * executor does.
 */
@Timeout(120)
class DrainTest {

    private static final int ROUNDS = Integer.getInteger("llmspi.drains", 100);
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(20);

    /** Long enough for calls that can end, in rounds where others cannot. */
    private static final Duration HALF = Duration.ofMillis(500);

    private static final ChatRequest REQUEST = ChatRequest.of("hi");

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final RecordingListener listener = RecordingListener.create();
    private final List<CompletableFuture<?>> ends = new CopyOnWriteArrayList<>();
    private Gate gate = new Gate();
    private LlmClient client;

    /** A way to make a call. */
    private enum Form {
        CHAT,
        STREAM,
        UNREAD_STREAM,
        BY_NAME,
        STREAM_BY_NAME,
        MODELS,
        ACCOUNT,
        CHAT_ASYNC,
        STREAM_ASYNC,
        PUBLISHER;

        boolean usesExecutor() {
            return compareTo(CHAT_ASYNC) >= 0;
        }
    }

    /** What the client's executor does with its tasks. */
    private enum Tasks {
        RUN,
        DROP,
        REFUSE,
        SHUT_DOWN,
        DROP_WHILE_QUEUED
    }

    /** A provider whose answers of every form wait until the gate opens or the call is cancelled. */
    private static final class Gate implements LlmProvider, ModelCatalog, AccountStatus {
        private final Semaphore arrivals = new Semaphore(0);
        private final CompletableFuture<Void> opened = new CompletableFuture<>();

        private void pass(CallContext context) {
            CountDownLatch go = new CountDownLatch(1);
            opened.thenRun(go::countDown);
            context.cancellation().onCancel(go::countDown);
            arrivals.release();
            Latches.await(go);
            context.cancellation().throwIfCancelled();
        }

        private void await(int count) throws InterruptedException {
            assertTrue(arrivals.tryAcquire(count, 20, TimeUnit.SECONDS));
        }

        @Override
        public String name() {
            return "p";
        }

        @Override
        public ChatResponse chat(ChatRequest request, CallContext context) {
            pass(context);
            return ChatResponse.builder(AssistantMessage.of("hello")).build();
        }

        @Override
        public ChatStream stream(ChatRequest request, CallContext context) {
            return ChatStream.of(name(), new ChatStream.Source() {
                private int reads;

                @Override
                public ChatStreamEvent next() {
                    if (++reads == 1) {
                        return text("a");
                    }
                    pass(context);
                    return ChatStreamEvent.Finish.of(FinishReason.STOP);
                }

                @Override
                public void close() {}
            });
        }

        @Override
        public List<ModelInfo> models(CallContext context) {
            pass(context);
            return List.of();
        }

        @Override
        public Account account(CallContext context) {
            pass(context);
            return Account.builder().build();
        }

        @Override
        public <T> Optional<T> as(Class<T> type) {
            return type.isInstance(this) ? Optional.of(type.cast(this)) : Optional.empty();
        }
    }

    private LlmClientBuilder builder() {
        return LlmClient.builder().listener(listener).provider(gate).chain("default", "p");
    }

    private LlmProvider byName() {
        return client.registry().get("p");
    }

    private CompletableFuture<Object> run(Callable<?> work) {
        CompletableFuture<Object> end = new CompletableFuture<>();
        threads.execute(() -> {
            try {
                end.complete(work.call());
            } catch (Throwable e) {
                end.completeExceptionally(e);
            }
        });
        return end;
    }

    /** Makes a call. The future that it adds completes when the caller learns how the call ended. */
    private void start(Form form) throws Exception {
        switch (form) {
            case CHAT -> ends.add(run(() -> client.chat(REQUEST)));
            case STREAM -> ends.add(run(() -> client.stream(REQUEST).collect()));
            case UNREAD_STREAM -> {
                ChatStream stream = client.stream(REQUEST);
                Iterator<ChatStreamEvent> events = stream.iterator();
                events.next();
                gate.arrivals.release();
                ends.add(run(() -> {
                    gate.opened.get();
                    return events.next();
                }));
            }
            case BY_NAME -> ends.add(run(() -> byName().chat(REQUEST, CallContext.create())));
            case STREAM_BY_NAME ->
                ends.add(
                        run(() -> byName().stream(REQUEST, CallContext.create()).collect()));
            case MODELS ->
                ends.add(run(() -> byName().as(ModelCatalog.class).orElseThrow().models(CallContext.create())));
            case ACCOUNT ->
                ends.add(
                        run(() -> byName().as(AccountStatus.class).orElseThrow().account(CallContext.create())));
            case CHAT_ASYNC -> ends.add(client.chatAsync(REQUEST));
            case STREAM_ASYNC -> ends.add(client.streamAsync(REQUEST, CallOptions.none(), new ChatStreamHandler() {}));
            case PUBLISHER -> ends.add(AllEvents.of(client.publisher(REQUEST)));
        }
    }

    private boolean drain(Duration longest) throws Exception {
        return (boolean) run(() -> client.shutdown(longest)).get(60, TimeUnit.SECONDS);
    }

    private void assertAllAreCompleted(String what) throws Exception {
        for (CompletableFuture<?> end : ends) {
            end.handle((answer, error) -> "").get(20, TimeUnit.SECONDS);
        }
        drain(LONG);
        int started = listener.events(CallStarted.class).size();
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (listener.events(CallFinished.class).size() < started && System.nanoTime() - patience < 0) {
            Thread.onSpinWait(); // another thread may tell the listeners a moment after the caller
        }
        assertEquals(started, listener.events(CallFinished.class).size(), what);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shutdown_callComesToItsEnd_waitsForIt(Form form) throws Exception {
        client = builder().build();
        start(form);
        gate.await(1);
        CompletableFuture<Object> drained = run(() -> client.shutdown(LONG));
        assertThrows(TimeoutException.class, () -> drained.get(20, TimeUnit.MILLISECONDS));
        gate.opened.complete(null);
        assertEquals(true, drained.get(20, TimeUnit.SECONDS));
        assertAllAreCompleted(form.name());
        for (CompletableFuture<?> end : ends) {
            assertFalse(end.isCompletedExceptionally(), end::toString);
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void shutdown_callIsStillRunning_cancelsItAndSaysSo(Form form) throws Exception {
        client = builder().build();
        start(form);
        gate.await(1);
        assertFalse(drain(SHORT));
        assertFalse(drain(LONG), "the calls that a shutdown cancelled did not come to their own end");
        gate.opened.complete(null);
        assertAllAreCompleted(form.name());
    }

    @Test
    void shutdown_isClosedByAnotherThreadMeanwhile_saysThatACallWasCancelled() throws Exception {
        client = builder().build();
        start(Form.CHAT);
        gate.await(1);
        CompletableFuture<Object> drained = run(() -> client.shutdown(LONG));
        client.close();
        assertEquals(false, drained.get(20, TimeUnit.SECONDS));
    }

    @ParameterizedTest
    @EnumSource(names = {"BY_NAME", "STREAM_BY_NAME", "MODELS", "ACCOUNT"})
    void call_afterShutdown_isRefused(Form form) throws Exception {
        client = builder().build();
        LlmProvider provider = byName();
        assertTrue(drain(LONG));
        CallContext context = CallContext.create();
        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> {
            switch (form) {
                case BY_NAME -> provider.chat(REQUEST, context);
                case STREAM_BY_NAME -> provider.stream(REQUEST, context);
                case MODELS -> provider.as(ModelCatalog.class).orElseThrow().models(context);
                default -> provider.as(AccountStatus.class).orElseThrow().account(context);
            }
        });
        assertEquals("the client is closed", refused.getMessage());
    }

    /** Seed and number of a failing round are in the message. */
    @Test
    void shutdown_anyMixtureOfCallsAndExecutors_isTrueOnlyIfNoCallWasCancelled() throws Exception {
        long seed = Long.getLong("llmspi.seed", new Random().nextLong());
        Random random = new Random(seed);
        for (int i = 0; i < ROUNDS; i++) {
            try {
                round(random);
            } catch (Throwable e) {
                throw new AssertionError("llmspi.seed=" + seed + ", round " + i, e);
            }
        }
    }

    private Executor executor(Tasks tasks, Executor pool) {
        return switch (tasks) {
            case RUN -> threads;
            case DROP -> task -> {};
            case REFUSE ->
                task -> {
                    throw new RejectedExecutionException("full");
                };
            case SHUT_DOWN, DROP_WHILE_QUEUED -> pool;
        };
    }

    private void round(Random random) throws Exception {
        gate = new Gate();
        listener.clear();
        ends.clear();
        Tasks tasks = Tasks.values()[random.nextInt(Tasks.values().length)];
        ThreadPoolExecutor pool = new ThreadPoolExecutor(1, 1, 1, TimeUnit.DAYS, new LinkedBlockingQueue<>());
        Executor executor = executor(tasks, pool);
        if (tasks == Tasks.SHUT_DOWN) {
            pool.shutdown();
        } else {
            pool.execute(() -> gate.opened.join()); // keeps the only thread busy
        }
        client = builder().executor(executor).build();
        List<Form> forms = new ArrayList<>();
        int arriving = 0;
        boolean dropped = false;
        for (int i = random.nextInt(6); i >= 0; i--) {
            Form form = Form.values()[random.nextInt(Form.values().length)];
            forms.add(form);
            start(form);
            arriving += !form.usesExecutor() || tasks == Tasks.RUN ? 1 : 0;
            dropped |= form.usesExecutor() && (tasks == Tasks.DROP || tasks == Tasks.DROP_WHILE_QUEUED);
        }
        gate.await(arriving);
        if (tasks == Tasks.DROP_WHILE_QUEUED) {
            pool.shutdownNow();
        }
        boolean opens = random.nextBoolean();
        Duration longest = !opens ? SHORT : dropped ? HALF : LONG;
        CompletableFuture<Object> drained = run(() -> client.shutdown(longest));
        if (opens) {
            gate.opened.complete(null);
        }
        String what = tasks + " " + forms + " opens=" + opens;
        boolean own = (boolean) drained.get(30, TimeUnit.SECONDS);
        gate.opened.complete(null);
        assertAllAreCompleted(what);
        assertEquals(!dropped && (opens || arriving == 0), own, what);
        pool.shutdownNow();
    }

    @AfterEach
    void endThreads() {
        gate.opened.complete(null);
        threads.shutdownNow();
    }
}
