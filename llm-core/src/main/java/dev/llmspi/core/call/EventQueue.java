package dev.llmspi.core.call;

import dev.llmspi.api.event.LlmListener;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The events of one call that its listeners have not received yet. Events are queued while holding the lock of the
 * history, so that they have the order of the entries. One thread at a time delivers them, without the lock, so that a
 * listener that blocks does not block the call's other threads. Thread-safe.
 */
final class EventQueue {

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** An event that waits because another thread is delivering an earlier one. Guarded by the lock of the history. */
    static final class Waiting {
        private final Runnable delivery;
        /** The thread that waits for its turn to deliver this event. Null if any thread may deliver it. */
        private @Nullable Thread owner;

        private @Nullable Waiting next;

        private Waiting(Runnable delivery, @Nullable Thread owner) {
            this.delivery = delivery;
            this.owner = owner;
        }
    }

    private final CallHistory history;
    private final CallListeners listeners;
    /**
     * Guarded by the lock of the history, like the fields below. The thread that delivers events. If there is none, the
     * queue is empty or its first event has an owner.
     */
    private @Nullable Thread deliverer;

    private @Nullable Waiting first;
    private @Nullable Waiting last;

    EventQueue(CallHistory history, CallListeners listeners) {
        this.history = history;
        this.listeners = listeners;
    }

    /**
     * Queues an event. The caller holds the lock of the history.
     *
     * @return true if no event is waiting and no thread is delivering one; the caller must then call {@link #deliver}
     *     after it has released the lock
     */
    <E> boolean add(BiConsumer<LlmListener, E> method, E event) {
        if (deliverer == null && first == null) {
            deliverer = Thread.currentThread();
            return true;
        }
        append(new Waiting(() -> listeners.tell(method, event), null));
        return false;
    }

    /**
     * Queues an event that the current thread will deliver itself, because the listeners return values to it. The
     * caller holds the lock of the history. It must call {@link #deliverInTurn} after it has released the lock.
     *
     * @return the place in the queue; null if it is the turn of this thread already
     */
    @Nullable
    Waiting addOwn(Runnable delivery) {
        Thread current = Thread.currentThread();
        if (deliverer == null && first == null) {
            deliverer = current;
            return null;
        }
        Waiting place = new Waiting(delivery, current);
        if (deliverer != current) { // otherwise a listener makes a call within the call, and would wait for itself
            append(place);
        }
        return place;
    }

    private void append(Waiting event) {
        if (last == null) {
            first = event;
        } else {
            last.next = event;
        }
        last = event;
    }

    private void removeFirst(Waiting event) {
        first = event.next;
        if (first == null) {
            last = null;
        }
    }

    /** Delivers an event for which {@link #add} has returned true, and the events that are queued meanwhile. */
    <E> void deliver(BiConsumer<LlmListener, E> method, E event) {
        Throwable thrown = null;
        try {
            listeners.tell(method, event);
        } catch (RuntimeException | Error e) {
            thrown = e;
        }
        deliverRest(thrown);
    }

    /**
     * Waits until the earlier events have been delivered, and delivers an event that {@link #addOwn} has queued. If the
     * call is terminated while it waits, another thread will deliver the event.
     *
     * @return whether this thread has delivered the event
     */
    boolean deliverInTurn(ActiveCall call, @Nullable Waiting place, Runnable delivery) {
        if (place != null) {
            if (isDeliverer()) {
                delivery.run();
                return true;
            }
            while (!isTurn(place)) {
                if (call.causeNow() != null) {
                    leave(place);
                    return false;
                }
                LockSupport.parkNanos(this, TICK_NANOS);
            }
        }
        Throwable thrown = null;
        try {
            delivery.run();
        } catch (RuntimeException | Error e) {
            thrown = e;
        }
        deliverRest(thrown);
        return true;
    }

    /** Whether no other thread delivers events, and none is waiting. The caller holds the lock of the history. */
    boolean isIdle() {
        return deliverer == Thread.currentThread() || deliverer == null && first == null;
    }

    private boolean isDeliverer() {
        history.lock();
        try {
            return deliverer == Thread.currentThread();
        } finally {
            history.unlock();
        }
    }

    private boolean isTurn(Waiting place) {
        history.lock();
        try {
            if (deliverer != null || first != place) {
                return false;
            }
            deliverer = Thread.currentThread();
            removeFirst(place);
            return true;
        } finally {
            history.unlock();
        }
    }

    private void leave(Waiting place) {
        history.lock();
        try {
            place.owner = null;
        } finally {
            history.unlock();
        }
        deliverWaiting();
    }

    /** Delivers the waiting events unless another thread is doing that. */
    void deliverWaiting() {
        if (hold()) {
            deliverRest(null);
        }
    }

    /**
     * Makes the current thread the one that delivers events, so that events are only queued until it calls
     * {@link #release}.
     *
     * @return false if there is such a thread already
     */
    boolean hold() {
        history.lock();
        try {
            if (deliverer != null) {
                return false;
            }
            deliverer = Thread.currentThread();
            return true;
        } finally {
            history.unlock();
        }
    }

    /** Ends {@link #hold}. Returns whether events are waiting, so that {@link #deliverWaiting} must be called. */
    boolean release() {
        history.lock();
        try {
            deliverer = null;
            if (first != null && first.owner != null) {
                LockSupport.unpark(first.owner);
            }
            return first != null;
        } finally {
            history.unlock();
        }
    }

    /** Delivers the waiting events, then throws the given error or one that a listener has thrown, if any. */
    private void deliverRest(@Nullable Throwable earlier) {
        Throwable thrown = earlier;
        for (Waiting event = next(); event != null; event = next()) {
            try {
                event.delivery.run();
            } catch (RuntimeException | Error e) {
                thrown = e;
            }
        }
        if (thrown instanceof Error fatal) {
            throw fatal;
        }
        if (thrown instanceof RuntimeException failure) {
            throw failure;
        }
    }

    /** Removes the next event. If there is none that this thread may deliver, ends the delivery and returns null. */
    private @Nullable Waiting next() {
        history.lock();
        try {
            Waiting event = first;
            if (event == null || event.owner != null) {
                release();
                return null;
            }
            removeFirst(event);
            return event;
        } finally {
            history.unlock();
        }
    }
}
