package dev.llmspi.core.async;

import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.core.call.ActiveCall;
import java.util.Iterator;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Connects one subscriber to a stream. The worker sends all signals, one after the other. There is one exception: if
 * the provider blocks the worker after the end of the call, another thread sends the last signal.
 */
final class EventSubscription implements Flow.Subscription {

    private final ActiveCall call;
    private final Iterator<ChatStreamEvent> events;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Flow.@Nullable Subscriber<? super ChatStreamEvent> subscriber;
    private @Nullable ChatStream stream;
    private @Nullable IllegalArgumentException misuse;
    private long demand;
    private boolean cancelled;
    private boolean ended;
    /** Whether the worker is reading the stream, so that it cannot be calling the subscriber. */
    private boolean reading;
    /** Whether another thread has sent the last signal. */
    private boolean signalledElsewhere;

    /** @param open opens the stream of the call */
    EventSubscription(
            Flow.Subscriber<? super ChatStreamEvent> subscriber,
            ActiveCall call,
            Function<ActiveCall, ChatStream> open) {
        this.subscriber = subscriber;
        this.call = call;
        call.cancellation().onCancel(this::endedFromOutside);
        // This comes before the stream, which may already end the call.
        call.whenOverdue(() -> call.endOverdue(this::overdue));
        ChatStream opened = open.apply(call);
        this.stream = opened;
        this.events = opened.iterator(); // the request is sent at the first read
    }

    /** Starts the worker. If the executor refuses it, the subscriber receives the reason as an error. */
    void start(Executor executor) {
        try {
            executor.execute(this::run);
        } catch (Throwable e) {
            if (!refuse(call.threadError(e))) {
                throw e; // thrown by the subscriber, on an executor that runs tasks in the calling thread
            }
        }
    }

    /** Reads the stream to its end, as fast as the subscriber requests events. */
    private void run() {
        Flow.Subscriber<? super ChatStreamEvent> receiver = begin();
        if (receiver != null) {
            try {
                receiver.onSubscribe(this);
                deliver(receiver);
            } finally {
                end();
            }
        }
    }

    /** Sends the error if the worker has not started, and prevents it from starting. Returns whether it did so. */
    private boolean refuse(Throwable error) {
        Flow.Subscriber<? super ChatStreamEvent> receiver = begin();
        if (receiver == null) {
            return false;
        }
        try {
            receiver.onSubscribe(this);
            if (!isOver()) {
                call.finished(null, error); // has no effect if the end of the call was already reported
                receiver.onError(error);
            }
        } finally {
            end();
        }
        return true;
    }

    /** Returns the subscriber to the first thread that asks, which sends the signals. Returns null to all others. */
    private Flow.@Nullable Subscriber<? super ChatStreamEvent> begin() {
        return begun.compareAndSet(false, true) ? subscriber : null;
    }

    /**
     * Delivers the events. Sends at most one last signal, and none if the subscriber cancels or throws, because
     * throwing counts as cancelling.
     */
    private void deliver(Flow.Subscriber<? super ChatStreamEvent> receiver) {
        while (true) {
            ChatStreamEvent event;
            try {
                if (!awaitDemand()) {
                    return;
                }
                event = read(); // always succeeds or throws, because a stream ends with Finish or an error
            } catch (Throwable e) {
                if (!isOver()) {
                    receiver.onError(e);
                }
                return;
            }
            if (isOver()) {
                return;
            }
            receiver.onNext(event);
            if (event instanceof ChatStreamEvent.Finish) {
                if (!isOver()) {
                    receiver.onComplete(); // this signal needs no demand
                }
                return;
            }
        }
    }

    /** Waits until the subscriber requests an event. Returns false if it has cancelled. */
    private boolean awaitDemand() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (demand == 0 && !cancelled && misuse == null && !ended) {
                changed.await();
            }
            if (misuse != null && !cancelled) {
                throw misuse;
            }
            if (cancelled) {
                return false;
            }
            // If the call has ended, the next read throws its error, which needs no demand.
            demand = demand == 0 || demand == Long.MAX_VALUE ? demand : demand - 1;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private ChatStreamEvent read() {
        reading(true);
        try {
            return events.next();
        } finally {
            reading(false);
        }
    }

    private void reading(boolean now) {
        lock.lock();
        try {
            reading = now;
        } finally {
            lock.unlock();
        }
    }

    /** Sends the error of a call that has ended before the worker started, or while the provider still blocks it. */
    private void overdue(@Nullable Throwable error) {
        if (error == null || refuse(error)) { // after an answer, the worker sends the last signal
            return;
        }
        Flow.Subscriber<? super ChatStreamEvent> receiver;
        lock.lock();
        try {
            receiver = reading && !cancelled ? subscriber : null;
            signalledElsewhere = receiver != null;
        } finally {
            lock.unlock();
        }
        if (receiver != null) {
            receiver.onError(error);
        }
    }

    /**
     * Wakes up the worker if it waits for demand while a timeout, a cancellation or the closing of the client ends the
     * call.
     */
    private void endedFromOutside() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void request(long count) {
        lock.lock();
        try {
            if (count <= 0) {
                misuse = new IllegalArgumentException("request(n) needs n above 0, not " + count + " (rule 3.9)");
            } else {
                demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void cancel() {
        end();
    }

    /** Whether the subscriber must receive no more signals. */
    private boolean isOver() {
        lock.lock();
        try {
            return cancelled || signalledElsewhere;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Releases the subscriber and closes the stream. It closes without holding the lock, because that runs other code.
     */
    private void end() {
        ChatStream held;
        lock.lock();
        try {
            cancelled = true;
            subscriber = null;
            held = stream;
            stream = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (held != null) {
            held.close();
        }
    }
}
