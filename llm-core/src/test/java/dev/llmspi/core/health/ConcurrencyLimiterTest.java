package dev.llmspi.core.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Cancellation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests waiting for a slot of a {@link ConcurrencyLimiter}. */
@Timeout(30)
class ConcurrencyLimiterTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<Thread> waiters = new ArrayList<>();
    private final ConcurrencyLimiter limiter = new ConcurrencyLimiter(1);

    private static Cancellation call() {
        return Cancellation.create();
    }

    /** Starts a thread that waits for a slot, and returns as soon as the thread is waiting. */
    private CompletableFuture<Boolean> waiting(Cancellation call) {
        CompletableFuture<Boolean> taken = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                taken.complete(limiter.acquire(LONG, call));
            } catch (InterruptedException e) {
                taken.completeExceptionally(e);
            }
        });
        waiters.add(thread);
        thread.start();
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        return taken;
    }

    private static boolean result(CompletableFuture<Boolean> taken) throws Exception {
        return taken.get(10, TimeUnit.SECONDS);
    }

    @Test
    void acquire_noSlotInTime_isRefused() throws Exception {
        assertTrue(limiter.acquire(Duration.ZERO, call()));
        assertFalse(limiter.acquire(Duration.ZERO, call()));
        assertFalse(limiter.acquire(Duration.ofMillis(5), call()));
        limiter.release();
        assertTrue(limiter.acquire(Duration.ZERO, call()));
    }

    @Test
    void release_twoWaiters_eachReleaseServesOne() throws Exception {
        assertTrue(limiter.acquire(Duration.ZERO, call()));
        CompletableFuture<Boolean> first = waiting(call());
        CompletableFuture<Boolean> second = waiting(call());
        limiter.release();
        assertTrue(result(first));
        assertFalse(second.isDone());
        limiter.release();
        assertTrue(result(second));
        assertFalse(limiter.acquire(Duration.ZERO, call()));
    }

    @Test
    void acquire_callIsCancelledMeanwhile_isRefusedAndOthersGoOnWaiting() throws Exception {
        assertTrue(limiter.acquire(Duration.ZERO, call()));
        Cancellation ending = call();
        CompletableFuture<Boolean> ended = waiting(ending);
        CompletableFuture<Boolean> other = waiting(call());
        ending.cancel();
        assertFalse(result(ended));
        limiter.release();
        assertTrue(result(other));
    }

    @Test
    void acquire_callIsAlreadyCancelled_doesNotWait() throws Exception {
        assertTrue(limiter.acquire(Duration.ZERO, call()));
        Cancellation ended = call();
        ended.cancel();
        assertFalse(limiter.acquire(LONG, ended));
    }

    @Test
    void acquire_interrupted_takesNoSlot() throws Exception {
        assertTrue(limiter.acquire(Duration.ZERO, call()));
        CompletableFuture<Boolean> interrupted = waiting(call());
        waiters.get(0).interrupt();
        ExecutionException thrown = assertThrows(ExecutionException.class, () -> interrupted.get(10, TimeUnit.SECONDS));
        assertEquals(InterruptedException.class, thrown.getCause().getClass());
        limiter.release();
        assertTrue(limiter.acquire(Duration.ZERO, call()));
    }
}
