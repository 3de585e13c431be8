package dev.llmspi.api;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A switch that ends a call from another thread. Fires once; what is registered runs on the thread that fires it. Safe
 * for use by many threads.
 *
 * <pre>{@code
 * Cancellation stop = Cancellation.create();
 * button.onClick(stop::cancel);
 * client.chat(request, CallOptions.builder().cancellation(stop).build()); // CancellationException once clicked
 * }</pre>
 */
public final class Cancellation {

    private static final Logger LOG = System.getLogger("dev.llmspi.call");

    private volatile boolean cancelled;
    /**
     * Guarded by this, as the links between them are: each attempt has a switch, and most of them wait for one action.
     */
    private @Nullable Registration first;

    private @Nullable Registration last;

    private Cancellation() {}

    /** A switch that has not fired. */
    public static Cancellation create() {
        return new Cancellation();
    }

    /** Fires; later calls do nothing. An action that throws is logged, and keeps neither the others nor the caller. */
    public void cancel() {
        Registration due = fired();
        while (due != null) {
            try {
                due.action.run();
            } catch (Throwable e) { // a checked one too, out of another language of the JVM
                if (e instanceof VirtualMachineError trouble && !(e instanceof StackOverflowError)) {
                    throw trouble;
                }
                LOG.log(Level.WARNING, "an action on cancel failed", e);
            }
            due = due.next;
        }
    }

    /** The first of the actions that are due; they stay linked, for from here on none is added or removed. */
    private synchronized @Nullable Registration fired() {
        Registration due = first;
        cancelled = true;
        first = null;
        last = null;
        return due;
    }

    public boolean isCancelled() {
        return cancelled;
    }

    /** @throws CancellationException if this has fired */
    public void throwIfCancelled() {
        if (cancelled) {
            throw new CancellationException("the call was cancelled");
        }
    }

    /**
     * Runs the action when this fires; at once, on this thread, if it has fired already.
     *
     * @param action quick and non-blocking: close a socket, wake a thread
     * @return close it to take the action back
     */
    public Registration onCancel(Runnable action) {
        Registration registration = new Registration(action);
        if (!added(registration)) {
            action.run();
        }
        return registration;
    }

    private synchronized boolean added(Registration registration) {
        if (cancelled) {
            return false;
        }
        registration.previous = last;
        if (last == null) {
            first = registration;
        } else {
            last.next = registration;
        }
        last = registration;
        return true;
    }

    private synchronized void remove(Registration registration) {
        if (cancelled || registration.previous == null && first != registration) {
            return;
        }
        if (registration.previous == null) {
            first = registration.next;
        } else {
            registration.previous.next = registration.next;
        }
        if (registration.next == null) {
            last = registration.previous;
        } else {
            registration.next.previous = registration.previous;
        }
        registration.previous = null;
        registration.next = null;
    }

    /** An action waiting for its cancellation. */
    public final class Registration implements AutoCloseable {
        private final Runnable action;
        private @Nullable Registration previous;
        private @Nullable Registration next;

        private Registration(Runnable action) {
            this.action = action;
        }

        /** Takes the action back; it may be running already. */
        @Override
        public void close() {
            remove(this);
        }
    }
}
