package dev.llmspi.api;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Cancels a call from another thread. A cancellation fires at most once, and runs the registered actions on the thread
 * that calls {@link #cancel}. Instances are thread-safe.
 *
 * <pre>{@code
 * Cancellation stop = Cancellation.create();
 * button.onClick(stop::cancel);
 * client.chat(request, CallOptions.builder().cancellation(stop).build()); // throws CancellationException once clicked
 * }</pre>
 */
public final class Cancellation {

    private static final Logger LOG = System.getLogger("dev.llmspi.call");

    private volatile boolean cancelled;
    /**
     * The head of a linked list of the actions that have not run, which suits attempts because most of them register
     * only one action. It is guarded by {@code this}, as are the links between the registrations and their flags.
     */
    private @Nullable Registration first;

    private @Nullable Registration last;

    private Cancellation() {}

    /** Returns a cancellation that has not fired. */
    public static Cancellation create() {
        return new Cancellation();
    }

    /**
     * Fires this cancellation. If an action throws an exception, it is logged and the other actions still run. An
     * action that fails because the JVM runs out of memory, stack or threads is kept, and the next call of this method
     * runs it again. Otherwise, further calls have no effect.
     *
     * @throws VirtualMachineError if an action threw one, except a StackOverflowError; the other actions have run
     */
    public void cancel() {
        fire();
        VirtualMachineError fatal = null;
        for (Registration due = takeDue(); due != null; due = takeDue()) {
            try {
                due.action.run();
            } catch (StackOverflowError e) { // the caller's stack may be deep, but the next one's may not
                log(e);
                keep(due);
            } catch (VirtualMachineError e) {
                fatal = e;
                keep(due);
            } catch (Throwable e) { // also catches checked exceptions, which other JVM languages may throw
                log(e);
            }
        }
        if (fatal != null) {
            throw fatal;
        }
    }

    private static void log(Throwable failure) {
        try {
            LOG.log(Level.WARNING, "an action of a cancellation failed", failure);
        } catch (Throwable e) {
            // A logger that fails must not prevent the other actions from running.
        }
    }

    /** Marks this cancellation as fired, and all actions that have not succeeded yet as due. */
    private synchronized void fire() {
        cancelled = true;
        for (Registration one = first; one != null; one = one.next) {
            one.pending = true;
        }
    }

    /** Removes and returns the first action that is due; null if there is none. */
    private synchronized @Nullable Registration takeDue() {
        Registration due = first;
        while (due != null && !due.pending) {
            due = due.next;
        }
        if (due != null) {
            unlink(due);
        }
        return due;
    }

    /** Keeps an action that has failed for the next call of {@link #cancel}, unless its registration is closed. */
    private synchronized void keep(Registration registration) {
        registration.failed = true;
        registration.pending = false;
        if (!registration.closed) {
            append(registration);
        }
    }

    public boolean isCancelled() {
        return cancelled;
    }

    /**
     * Throws an exception if this cancellation has fired.
     *
     * @throws CancellationException if this cancellation has fired
     */
    public void throwIfCancelled() {
        if (cancelled) {
            throw new CancellationException("the call was cancelled");
        }
    }

    /**
     * Runs the action when this cancellation fires, or immediately on this thread if it has already fired.
     *
     * @param action a quick, non-blocking action, such as closing a socket or waking a thread
     * @return the registration, which removes the action when it is closed
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
        append(registration);
        return true;
    }

    private synchronized void remove(Registration registration) {
        registration.closed = true;
        boolean linked = registration.previous != null || first == registration;
        if (linked && (!cancelled || registration.failed)) {
            unlink(registration);
        }
    }

    private void append(Registration registration) {
        registration.previous = last;
        if (last == null) {
            first = registration;
        } else {
            last.next = registration;
        }
        last = registration;
    }

    private void unlink(Registration registration) {
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

    /** An action registered with {@link #onCancel}. */
    public final class Registration implements AutoCloseable {
        private final Runnable action;
        private @Nullable Registration previous;
        private @Nullable Registration next;
        /** Whether {@link Cancellation#cancel} has yet to run the action. */
        private boolean pending;
        /** Whether the action has failed and may run again. */
        private boolean failed;

        private boolean closed;

        private Registration(Runnable action) {
            this.action = action;
        }

        /** Removes the action, unless the cancellation has already fired. In that case the action may be running. */
        @Override
        public void close() {
            remove(this);
        }
    }
}
