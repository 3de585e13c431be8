package dev.llmspi.core;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.core.call.Engine;
import dev.llmspi.core.call.Nanos;
import dev.llmspi.core.chain.Router;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a client and its views share, and the count of calls under way that its end waits for. */
final class ClientParts {

    private final Engine engine;
    private final LlmProviderRegistry registry;
    private final Router router;
    private final LlmProvider entry;
    private final @Nullable Executor given;
    private final Supplier<ExecutorService> threads;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition noneLeft = lock.newCondition();
    /** Not under the lock: all calls of all threads come by here. */
    private final AtomicInteger running = new AtomicInteger();

    private final Runnable leave = this::leave;
    private volatile boolean closing;
    private boolean closed;
    private @Nullable ExecutorService own;

    ClientParts(
            Engine engine,
            LlmProviderRegistry registry,
            Router router,
            LlmProvider entry,
            @Nullable Executor given,
            Supplier<ExecutorService> threads) {
        this.engine = engine;
        this.registry = registry;
        this.router = router;
        this.entry = entry;
        this.given = given;
        this.threads = threads;
    }

    Engine engine() {
        return engine;
    }

    LlmProviderRegistry registry() {
        return registry;
    }

    Router router() {
        return router;
    }

    /** The chain, with the decorators of the client around it. */
    LlmProvider entry() {
        return entry;
    }

    /** The user's executor, or one of ours that is made when it is first needed. */
    Executor executor() {
        if (given != null) {
            return given;
        }
        lock.lock();
        try {
            refuseIfClosing();
            if (own == null) {
                own = threads.get();
            }
            return own;
        } finally {
            lock.unlock();
        }
    }

    private void refuseIfClosing() {
        if (closing) {
            throw new IllegalStateException("the client is closed");
        }
    }

    /** Counts a call in: counted first and refused then, so that an end that has begun is seen, or waits for it. */
    void enter() {
        running.incrementAndGet();
        if (closing) {
            leave();
            refuseIfClosing();
        }
    }

    /** Counts a call out. */
    void leave() {
        if (running.decrementAndGet() == 0 && closing) {
            lock.lock();
            try {
                noneLeft.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** What a call does at its very end. */
    Runnable leaving() {
        return leave;
    }

    boolean shutdown(Duration drain) {
        boolean drained;
        ExecutorService threadsOfOurs;
        lock.lock();
        try {
            closing = true;
            drained = awaitNone(drain);
            if (closed) {
                return drained;
            }
            closed = true;
            threadsOfOurs = own;
        } finally {
            lock.unlock();
        }
        registry.release();
        if (threadsOfOurs != null) {
            threadsOfOurs.shutdown();
        }
        return drained;
    }

    private boolean awaitNone(Duration drain) {
        long left = Nanos.of(drain);
        try {
            while (running.get() > 0 && left > 0) {
                left = noneLeft.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the caller is in a hurry: end the calls now
        }
        return running.get() == 0;
    }
}
