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

/** A call on a thread of its own: one that never ends fails its rule and holds up nothing. */
final class CallUnderWay<T> {

    /** How long is waited for what should come at once. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    /** How long is waited for what comes at once if it comes at all. */
    static final Duration IMPATIENCE = Duration.ofSeconds(3);

    private final FutureTask<T> task;
    private final Thread thread;
    private volatile long endedAt;

    private CallUnderWay(Callable<T> call) {
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

    static <T> CallUnderWay<T> begin(Callable<T> call) {
        CallUnderWay<T> begun = new CallUnderWay<>(call);
        begun.thread.start();
        return begun;
    }

    /** Waits until the call is inside of code that was called by that method, or has ended. */
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

    /** What the call gave. */
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

    /** What the call threw. */
    Throwable failure() throws Exception {
        try {
            T answer = task.get(IMPATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            throw new AssertionError("the call should have been ended, and gave " + answer);
        } catch (TimeoutException e) {
            throw new AssertionError("the call did not end within " + IMPATIENCE.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            return Objects.requireNonNull(e.getCause());
        }
    }

    /** Whether the call ended with an exception in time to go on; for rules that build on another one. */
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

    /** How long after that moment, by {@link System#nanoTime}, the call ended. */
    Duration endedAfter(long moment) {
        return Duration.ofNanos(endedAt - moment);
    }
}
