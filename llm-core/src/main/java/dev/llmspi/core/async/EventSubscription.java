package dev.llmspi.core.async;

import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import java.util.Iterator;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber's hold on a stream: all signals come from the worker that runs it, one after the other. Only if that is held up
 * by a provider beyond the end of the call, the last signal comes without it.
 */
final class EventSubscription implements Flow.Subscription {

    private final Supplier<EventPublisher.Opened> open;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Flow.@Nullable Subscriber<? super ChatStreamEvent> subscriber;
    private @Nullable ChatStream stream;
    private @Nullable IllegalArgumentException misuse;
    private volatile boolean begun;
    private long demand;
    private boolean cancelled;
    private boolean ended;
    /** Whether the worker is within the stream, and so cannot be within the subscriber. */
    private boolean reading;
    /** Whether the subscriber has been told the end without the worker. */
    private boolean freed;

    EventSubscription(Flow.Subscriber<? super ChatStreamEvent> subscriber, Supplier<EventPublisher.Opened> open) {
        this.subscriber = subscriber;
        this.open = open;
    }

    /** Whether the worker has taken it up. */
    boolean hasBegun() {
        return begun;
    }

    /** Reads the stream to its end, as fast as the subscriber asks. */
    void run() {
        begun = true;
        Flow.Subscriber<? super ChatStreamEvent> told = subscriber;
        if (told == null) {
            return;
        }
        try {
            told.onSubscribe(this);
            deliver(told);
        } finally {
            end();
        }
    }

    /** Exactly one last signal, if any: none after a cancel, and none to a subscriber that throws, which counts as one. */
    private void deliver(Flow.Subscriber<? super ChatStreamEvent> told) {
        Iterator<ChatStreamEvent> events = null;
        while (true) {
            ChatStreamEvent event;
            try {
                if (events == null) {
                    events = opened().iterator(); // the call's clocks run from here, its request goes out at the first
                    // read
                }
                if (!awaitDemand()) {
                    return;
                }
                event = read(events); // a stream ends with a finish or an error, never before
            } catch (Throwable e) {
                if (!isOver()) {
                    told.onError(e);
                }
                return;
            }
            if (isOver()) {
                return;
            }
            told.onNext(event);
            if (event instanceof ChatStreamEvent.Finish) {
                if (!isOver()) {
                    told.onComplete(); // the last event is known: no further demand is needed to say so
                }
                return;
            }
        }
    }

    /** Waits until something is asked for; false once there is nothing more to do. */
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
            // Reading on after the end of the call gives its error, which needs no demand.
            demand = demand == 0 || demand == Long.MAX_VALUE ? demand : demand - 1;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private ChatStreamEvent read(Iterator<ChatStreamEvent> events) {
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

    /** The call has ended, and the worker does not come back from its provider. */
    private void overdue(Throwable error) {
        Flow.Subscriber<? super ChatStreamEvent> told;
        lock.lock();
        try {
            told = reading && !cancelled ? subscriber : null;
            freed = told != null;
        } finally {
            lock.unlock();
        }
        if (told != null) {
            told.onError(error);
        }
    }

    private ChatStream opened() {
        EventPublisher.Opened call = open.get();
        ChatStream opened = call.stream();
        call.ended().onCancel(this::endedFromOutside);
        call.whenOverdue().accept(this::overdue);
        boolean tooLate;
        lock.lock();
        try {
            stream = opened;
            tooLate = cancelled;
        } finally {
            lock.unlock();
        }
        if (tooLate) {
            opened.close();
        }
        return opened;
    }

    /** A clock or the end of the client: the worker may be waiting for demand, and must hear of it. */
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

    /** Whether the subscriber is to hear nothing more. */
    private boolean isOver() {
        lock.lock();
        try {
            return cancelled || freed;
        } finally {
            lock.unlock();
        }
    }

    /** Lets go of stream and subscriber. Outside the lock: closing reaches into the call. */
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
