package dev.llmspi.core.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.TimeSource;
import dev.llmspi.core.call.CallScope;
import dev.llmspi.core.call.EndCause;
import dev.llmspi.core.call.Engine;
import dev.llmspi.core.call.Listeners;
import dev.llmspi.core.settings.TimeoutSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Places that are waited for. */
@Timeout(30)
class PlacesTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final Engine engine = new Engine(TimeSource.system(), Listeners.of(List.of()), TimeoutSettings.none());
    private final List<Thread> waiters = new ArrayList<>();
    private final Places places = new Places(1);

    @AfterEach
    void close() {
        engine.close();
    }

    private CallScope call() {
        return engine.newScope(CallContext.create(), "test");
    }

    /** A thread that waits for a place; it does by the time this returns. */
    private CompletableFuture<Boolean> waiting(CallScope call) {
        CompletableFuture<Boolean> taken = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                taken.complete(places.take(call, LONG));
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
    void take_noneFree_isRefusedWhenTheTimeIsOver() throws Exception {
        assertTrue(places.take(call(), Duration.ZERO));
        assertFalse(places.take(call(), Duration.ZERO));
        assertFalse(places.take(call(), Duration.ofMillis(5)));
        places.giveBack();
        assertTrue(places.take(call(), Duration.ZERO));
    }

    @Test
    void giveBack_waitersAreServedOneAfterTheOther() throws Exception {
        assertTrue(places.take(call(), Duration.ZERO));
        CompletableFuture<Boolean> first = waiting(call());
        CompletableFuture<Boolean> second = waiting(call());
        places.giveBack();
        assertTrue(result(first));
        assertFalse(second.isDone());
        places.giveBack();
        assertTrue(result(second));
        assertFalse(places.take(call(), Duration.ZERO));
    }

    @Test
    void take_callEndsMeanwhile_isRefusedAndTheOthersGoOnWaiting() throws Exception {
        assertTrue(places.take(call(), Duration.ZERO));
        CallScope ending = call();
        CompletableFuture<Boolean> ended = waiting(ending);
        CompletableFuture<Boolean> other = waiting(call());
        ending.end(EndCause.CALLER);
        assertFalse(result(ended));
        places.giveBack();
        assertTrue(result(other));
    }

    @Test
    void take_callHasEndedAlready_doesNotWait() throws Exception {
        assertTrue(places.take(call(), Duration.ZERO));
        CallScope ended = call();
        ended.end(EndCause.CALLER);
        assertFalse(places.take(ended, LONG));
    }

    @Test
    void take_interrupted_takesNone() throws Exception {
        assertTrue(places.take(call(), Duration.ZERO));
        CompletableFuture<Boolean> interrupted = waiting(call());
        waiters.get(0).interrupt();
        ExecutionException thrown = assertThrows(ExecutionException.class, () -> interrupted.get(10, TimeUnit.SECONDS));
        assertEquals(InterruptedException.class, thrown.getCause().getClass());
        places.giveBack();
        assertTrue(places.take(call(), Duration.ZERO));
    }
}
