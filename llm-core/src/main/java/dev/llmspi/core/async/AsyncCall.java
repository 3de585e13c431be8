package dev.llmspi.core.async;

import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.call.ActiveCall;
import dev.llmspi.core.call.TerminationCause;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs a call on another thread and completes a future with its result. If anything else completes the future, the call
 * ends. A terminated call completes its future even if its provider keeps running or its task never ran.
 */
public final class AsyncCall {

    private AsyncCall() {}

    /**
     * @param executor runs the work
     * @param open opens the call
     * @param work makes the call; it must end at once if the call has already been terminated
     */
    public static <T> CompletableFuture<T> start(
            Executor executor, Supplier<ActiveCall> open, Function<ActiveCall, T> work) {
        try {
            return start(executor, open.get(), work);
        } catch (LlmException e) {
            return CompletableFuture.failedFuture(e); // the call could not be opened
        }
    }

    private static <T> CompletableFuture<T> start(Executor executor, ActiveCall call, Function<ActiveCall, T> work) {
        CompletableFuture<T> future = new CompletableFuture<>();
        AtomicBoolean begun = new AtomicBoolean();
        Runnable task = () -> {
            if (!begun.compareAndSet(false, true)) {
                return;
            }
            try {
                T answer = work.apply(call);
                Throwable reported = call.reportedError(); // the watchdog may have ended the call just before
                if (reported == null) {
                    future.complete(answer);
                } else {
                    fail(future, reported);
                }
            } catch (Throwable e) {
                boolean ofCall = e instanceof LlmException;
                fail(future, ofCall && call.reportedError() instanceof LlmException reported ? reported : e);
            }
        };
        call.whenOverdue(() -> {
            call.endOverdue(error -> {
                if (error != null) { // otherwise the task completes the future with the answer
                    future.completeExceptionally(error);
                }
            });
            task.run(); // if no thread has started the task yet, it only ends the call
        });
        // This has no effect once the call has been answered.
        CompletableFuture<T> unused = future.whenComplete((answer, error) -> call.terminate(TerminationCause.CALLER));
        try {
            executor.execute(task);
        } catch (Throwable e) {
            // The real cause comes first, because the task then ends as terminated.
            Throwable error = call.threadError(e);
            try {
                if (!begun.get()) {
                    call.finished(null, error);
                }
            } finally {
                fail(future, error);
                task.run();
            }
        }
        return future;
    }

    /** Completes the future even if memory runs out for a moment, because no other thread would complete it. */
    private static void fail(CompletableFuture<?> future, Throwable error) {
        while (!future.isDone()) {
            try {
                future.completeExceptionally(error);
            } catch (VirtualMachineError e) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        }
    }
}
