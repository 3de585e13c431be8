package dev.llmspi.api;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * A switch that ends a call from another thread. Fires once; what is registered runs on the thread that fires it. Safe for
 * use by many threads.
 *
 * <pre>{@code
 * Cancellation stop = Cancellation.create();
 * button.onClick(stop::cancel);
 * client.chat(request, CallOptions.builder().cancellation(stop).build()); // CancellationException once clicked
 * }</pre>
 */
public final class Cancellation {

    private static final Logger LOG = System.getLogger("dev.llmspi.call");

    private final Object lock = new Object();
    private volatile boolean cancelled;
    private final List<Registration> registrations = new ArrayList<>(2);

    private Cancellation() {}

    /** A switch that has not fired. */
    public static Cancellation create() {
        return new Cancellation();
    }

    /** Fires; later calls do nothing. An action that throws is logged, and keeps neither the others nor the caller. */
    public void cancel() {
        List<Registration> due;
        synchronized (lock) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            due = List.copyOf(registrations);
            registrations.clear();
        }
        for (Registration registration : due) {
            try {
                registration.action.run();
            } catch (Throwable e) { // a checked one too, out of another language of the JVM
                if (e instanceof VirtualMachineError trouble && !(e instanceof StackOverflowError)) {
                    throw trouble;
                }
                LOG.log(Level.WARNING, "an action on cancel failed", e);
            }
        }
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
        synchronized (lock) {
            if (!cancelled) {
                registrations.add(registration);
                return registration;
            }
        }
        action.run();
        return registration;
    }

    /** An action waiting for its cancellation. */
    public final class Registration implements AutoCloseable {
        private final Runnable action;

        private Registration(Runnable action) {
            this.action = action;
        }

        /** Takes the action back; it may be running already. */
        @Override
        public void close() {
            synchronized (lock) {
                registrations.remove(this);
            }
        }
    }
}
