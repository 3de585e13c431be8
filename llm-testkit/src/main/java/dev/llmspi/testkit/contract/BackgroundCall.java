package dev.llmspi.testkit.contract;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.opentest4j.TestAbortedException;

/** A call on a separate thread. If it never ends, its rule fails and the other rules still run. */
final class BackgroundCall<T> {

    /** The time to wait for an event that should happen immediately. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    /** The time to wait for an event that may not happen. */
    static final Duration IMPATIENCE = Duration.ofSeconds(3);

    private final FutureTask<T> task;
    private final Thread thread;
    private volatile long endedAt;

    private BackgroundCall(Callable<T> call) {
        this.task = new FutureTask<>(() -> {
            try {
                return call.call();
            } finally {
                endedAt = System.nanoTime();
            }
        });
        this.thread = new Thread(task, "contract-call");
        thread.setDaemon(true);
    }

    static <T> BackgroundCall<T> begin(Callable<T> call) {
        BackgroundCall<T> begun = new BackgroundCall<>(call);
        begun.thread.start();
        return begun;
    }

    /** Waits until the call is running code that the given method called, or until the call has ended. */
    void awaitBelow(String className, String method) {
        long begin = System.nanoTime();
        while (!task.isDone() && System.nanoTime() - begin < IMPATIENCE.toNanos()) {
            StackTraceElement[] frames = thread.getStackTrace();
            for (int i = 1; i < frames.length; i++) {
                if (frames[i].getClassName().equals(className)
                        && frames[i].getMethodName().equals(method)) {
                    return;
                }
            }
            Thread.onSpinWait();
        }
    }

    /** Waits for the call and returns its result. */
    T result() throws Exception {
        try {
            return task.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return fail("the call did not end within " + PATIENCE.toSeconds() + " s");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TestAbortedException skipped) {
                throw skipped;
            }
            return fail("the call failed: " + e.getCause(), e.getCause());
        }
    }

    /** Waits for the call and returns the exception it threw. */
    Throwable failure() throws Exception {
        try {
            T answer = task.get(IMPATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            throw new AssertionError("the call should have failed, but returned " + answer);
        } catch (TimeoutException e) {
            throw new AssertionError("the call did not end within " + IMPATIENCE.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            return Objects.requireNonNull(e.getCause());
        }
    }

    /** Returns whether the call failed in time. It is used by rules that depend on another rule. */
    boolean failed() throws InterruptedException {
        try {
            task.get(IMPATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return false;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        }
    }

    /** Returns the time from the given {@link System#nanoTime} to the end of the call. */
    Duration endedAfter(long moment) {
        return Duration.ofNanos(endedAt - moment);
    }
}
