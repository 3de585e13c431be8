package dev.llmspi.core.call;

import dev.llmspi.api.event.CallStarted;
import dev.llmspi.api.event.LlmListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/** Listeners that cannot do harm: one that throws is logged, once for each class, and the call goes on. */
public final class Listeners {

    private static final Logger LOG = System.getLogger("dev.llmspi.listener");

    private final LlmListener[] listeners;
    private final Set<Class<?>> reported;

    private Listeners(LlmListener[] listeners, Set<Class<?>> reported) {
        this.listeners = listeners;
        this.reported = reported;
    }

    public static Listeners of(List<LlmListener> listeners) {
        return new Listeners(listeners.toArray(new LlmListener[0]), ConcurrentHashMap.newKeySet());
    }

    /** These and one more. */
    public Listeners and(LlmListener one) {
        LlmListener[] more = Arrays.copyOf(listeners, listeners.length + 1);
        more[listeners.length] = one;
        return new Listeners(more, reported);
    }

    /** Whether nobody listens: then no event need be made. */
    public boolean isEmpty() {
        return listeners.length == 0;
    }

    /** @param method which of the listener's methods takes the event */
    public <E> void tell(BiConsumer<LlmListener, E> method, E event) {
        for (LlmListener listener : listeners) {
            try {
                method.accept(listener, event);
            } catch (Throwable e) { // a checked one too, out of another language of the JVM
                failed(listener, e);
            }
        }
    }

    /** Tells that a call begins, and asks each listener for the one that is told the rest: itself, as a rule. */
    Listeners begin(CallStarted started) {
        LlmListener[] next = listeners;
        for (int i = 0; i < listeners.length; i++) {
            LlmListener other = begin(listeners[i], started);
            if (other != listeners[i]) {
                next = next == listeners ? listeners.clone() : next;
                next[i] = other;
            }
        }
        return next == listeners ? this : new Listeners(next, reported);
    }

    private LlmListener begin(LlmListener listener, CallStarted started) {
        try {
            LlmListener other = listener.callStarted(started);
            return other == null ? listener : other;
        } catch (Throwable e) {
            failed(listener, e);
            return listener;
        }
    }

    private void failed(LlmListener listener, Throwable e) {
        JvmTrouble.rethrow(e);
        if (reported.add(listener.getClass())) {
            LOG.log(
                    Level.WARNING,
                    "listener " + listener.getClass().getName() + " failed; its further failures are not reported",
                    e);
        }
    }
}
