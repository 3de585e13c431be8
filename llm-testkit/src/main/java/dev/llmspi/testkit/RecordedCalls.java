package dev.llmspi.testkit;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/** The calls received by a {@link ScriptedProvider}, in the order in which they arrived. Thread-safe. */
final class RecordedCalls {

    private record Call(ChatRequest request, CallContext context) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final List<Call> calls = new ArrayList<>();

    /** Records a call and returns its zero-based index. */
    int add(ChatRequest request, CallContext context) {
        lock.lock();
        try {
            calls.add(new Call(request, context));
            added.signalAll();
            return calls.size() - 1;
        } finally {
            lock.unlock();
        }
    }

    int count() {
        lock.lock();
        try {
            return calls.size();
        } finally {
            lock.unlock();
        }
    }

    List<ChatRequest> requests() {
        return all(Call::request);
    }

    List<CallContext> contexts() {
        return all(Call::context);
    }

    private <T> List<T> all(Function<Call, T> part) {
        lock.lock();
        try {
            return calls.stream().map(part).toList();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits, in real time, until the given number of calls has been recorded.
     *
     * @param provider the provider that the error message names
     * @throws AssertionError if that takes more than ten seconds
     */
    void await(int count, Object provider) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = Patience.NANOS;
            while (calls.size() < count) {
                if (left <= 0) {
                    throw new AssertionError(
                            provider + ": " + calls.size() + " of " + count + " calls after " + Patience.TEXT);
                }
                left = added.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
