package dev.llmspi.core.call;

import dev.llmspi.api.event.LlmListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** Listeners that cannot do harm: one that throws is logged, once for each class, and the call goes on. */
public final class Listeners {

    private static final Logger LOG = System.getLogger("dev.llmspi.listener");

    private final List<LlmListener> listeners;
    private final Set<Class<?>> reported;

    private Listeners(List<LlmListener> listeners, Set<Class<?>> reported) {
        this.listeners = List.copyOf(listeners);
        this.reported = reported;
    }

    public static Listeners of(List<LlmListener> listeners) {
        return new Listeners(listeners, ConcurrentHashMap.newKeySet());
    }

    /** These and one more. */
    public Listeners and(LlmListener one) {
        List<LlmListener> more = new ArrayList<>(listeners);
        more.add(one);
        return new Listeners(more, reported);
    }

    /** Whether nobody listens: then no event need be made. */
    public boolean isEmpty() {
        return listeners.isEmpty();
    }

    public void tell(Consumer<LlmListener> event) {
        for (LlmListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (Throwable e) { // a checked one too, out of another language of the JVM
                failed(listener, e);
            }
        }
    }

    /** Asks each listener for the one that takes its place: itself, as a rule. */
    Listeners replaced(Function<LlmListener, LlmListener> replacement) {
        List<LlmListener> next = null;
        for (int i = 0; i < listeners.size(); i++) {
            LlmListener listener = listeners.get(i);
            LlmListener other = replaced(listener, replacement);
            if (other != listener && next == null) {
                next = new ArrayList<>(listeners);
            }
            if (next != null) {
                next.set(i, other);
            }
        }
        return next == null ? this : new Listeners(next, reported);
    }

    private LlmListener replaced(LlmListener listener, Function<LlmListener, LlmListener> replacement) {
        try {
            LlmListener other = replacement.apply(listener);
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
