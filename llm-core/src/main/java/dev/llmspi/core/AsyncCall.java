package dev.llmspi.core;

import dev.llmspi.core.call.CallScope;
import dev.llmspi.core.call.EndCause;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A call on another thread, and its future. Whatever completes the future from outside ends the call; a call that has ended frees
 * its caller, even if its provider goes on or its task was never run.
 */
final class AsyncCall {

    private AsyncCall() {}

    /**
     * @param executor where the work runs
     * @param work the call; it counts itself out and tells the listeners, and ends at once if the call has ended before it began
     */
    static <T> CompletableFuture<T> start(Supplier<Executor> executor, CallScope call, Supplier<T> work) {
        CompletableFuture<T> future = new CompletableFuture<>();
        AtomicBoolean begun = new AtomicBoolean();
        Runnable task = () -> {
            if (!begun.compareAndSet(false, true)) {
                return;
            }
            try {
                future.complete(work.get());
            } catch (Throwable e) {
                future.completeExceptionally(e);
            }
        };
        call.whenOverdue(() -> {
            future.completeExceptionally(call.overdueError());
            task.run(); // if no thread has taken it up: it only counts the call out
        });
        // Without effect once the call has its answer.
        CompletableFuture<T> unused = future.whenComplete((answer, error) -> call.end(EndCause.CALLER));
        try {
            executor.get().execute(task);
        } catch (Throwable e) {
            future.completeExceptionally(e); // the real cause first; the task finds the call ended
            task.run();
        }
        return future;
    }
}
