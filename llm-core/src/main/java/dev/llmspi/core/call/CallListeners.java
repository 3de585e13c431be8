package dev.llmspi.core.call;

import dev.llmspi.api.event.CallInfo;
import dev.llmspi.api.event.CallStarted;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.core.runtime.FatalErrors;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls the listeners and protects calls from their failures. If a listener throws, the call continues, and the failure
 * is logged once per listener class.
 */
public final class CallListeners {

    private static final Logger LOG = System.getLogger("dev.llmspi.listener");
    private static final int MOST_ERRORS = 100;

    private final LlmListener[] listeners;
    private final Set<Class<?>> reported;
    /** The fatal error that a listener has thrown when the call started. Null if none has. */
    private final @Nullable Throwable fatalAtStart;

    private CallListeners(LlmListener[] listeners, Set<Class<?>> reported, @Nullable Throwable fatalAtStart) {
        this.listeners = listeners;
        this.reported = reported;
        this.fatalAtStart = fatalAtStart;
    }

    public static CallListeners of(List<LlmListener> listeners) {
        return new CallListeners(listeners.toArray(new LlmListener[0]), ConcurrentHashMap.newKeySet(), null);
    }

    /**
     * Returns the given listeners together with those found by {@link ServiceLoader}.
     *
     * @param loader the class loader to search; null for the class loader of this module
     */
    public static CallListeners load(List<LlmListener> given, @Nullable ClassLoader loader) {
        List<LlmListener> all = new ArrayList<>(given);
        Iterator<LlmListener> found = ServiceLoader.load(
                        LlmListener.class, loader != null ? loader : CallListeners.class.getClassLoader())
                .iterator();
        for (int errors = 0; errors < MOST_ERRORS; ) {
            try {
                if (!found.hasNext()) {
                    break;
                }
                all.add(found.next());
            } catch (ServiceConfigurationError | LinkageError e) {
                errors++;
                LOG.log(Level.WARNING, "a listener cannot be used: " + e.getMessage(), e);
            }
        }
        return of(all);
    }

    /**
     * Tells the listeners that a call starts. The caller must then call {@link #rethrowFatalAtStart}.
     *
     * @param own the caller's listener for this call; null if there is none
     * @return the listeners that receive the other events of the call
     */
    CallListeners callStarts(CallInfo info, @Nullable LlmListener own) {
        CallListeners all = this;
        if (own != null) {
            LlmListener[] more = Arrays.copyOf(listeners, listeners.length + 1);
            more[listeners.length] = own;
            all = new CallListeners(more, reported, null);
        }
        return all.isEmpty() ? all : all.begin(new CallStarted(info));
    }

    /** Throws the fatal error that a listener has thrown when the call started, if any. */
    void rethrowFatalAtStart() {
        if (fatalAtStart != null) {
            FatalErrors.rethrow(fatalAtStart);
        }
    }

    /** Whether there are no listeners, so that no events need to be created. */
    boolean isEmpty() {
        return listeners.length == 0;
    }

    /**
     * Sends an event to every listener. If one throws a fatal error, the others receive the event before this method
     * rethrows the error.
     *
     * @param method the listener method that receives the event
     */
    public <E> void tell(BiConsumer<LlmListener, E> method, E event) {
        Throwable fatal = null;
        for (LlmListener listener : listeners) {
            try {
                method.accept(listener, event);
            } catch (Throwable e) { // listeners in other JVM languages may throw checked exceptions
                fatal = failed(listener, e) ? e : fatal;
            }
        }
        if (fatal != null) {
            FatalErrors.rethrow(fatal);
        }
    }

    /** Sends the start event of a call. A listener may return another listener to receive the call's other events. */
    private CallListeners begin(CallStarted started) {
        LlmListener[] next = listeners;
        Throwable fatal = null;
        for (int i = 0; i < listeners.length; i++) {
            try {
                LlmListener other = listeners[i].callStarted(started);
                if (other != null && other != listeners[i]) {
                    next = next == listeners ? listeners.clone() : next;
                    next[i] = other;
                }
            } catch (Throwable e) {
                fatal = failed(listeners[i], e) ? e : fatal;
            }
        }
        return next == listeners && fatal == null ? this : new CallListeners(next, reported, fatal);
    }

    /** Logs the failure of a listener once. Returns whether it is fatal, so that it must be rethrown instead. */
    private boolean failed(LlmListener listener, Throwable e) {
        if (FatalErrors.isFatal(e)) {
            return true;
        }
        if (reported.add(listener.getClass())) {
            LOG.log(
                    Level.WARNING,
                    "listener " + listener.getClass().getName() + " failed; its further failures are not reported",
                    e);
        }
        return false;
    }
}
