package dev.llmspi.core;

import dev.llmspi.core.call.CallScope;
import dev.llmspi.core.call.EndCause;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** A call on another thread, and its future: whatever completes the future from outside ends the call. */
final class AsyncCall {

    private AsyncCall() {}

    @SuppressWarnings("FutureReturnValueIgnored") // of whenComplete: what ends the call is all it does
    static <T> CompletableFuture<T> start(Executor executor, CallScope call, Supplier<T> work) {
        CompletableFuture<T> future = new CompletableFuture<>();
        future.whenComplete((answer, error) -> call.end(EndCause.CALLER)); // without effect once the call has its answer
        Runnable task = () -> {
            try {
                future.complete(work.get());
            } catch (Throwable e) {
                future.completeExceptionally(e);
            }
        };
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            call.end(EndCause.CALLER);
            task.run(); // ends at once, as cancelled, on this thread: the call is counted out and its listeners are told
        }
        return future;
    }
}
