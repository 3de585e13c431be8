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
import java.util.function.Supplier;

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
            guarded(listener, () -> {
                event.accept(listener);
                return listener;
            });
        }
    }

    /** Asks each listener for the one that takes its place. */
    Listeners replaced(Function<LlmListener, LlmListener> replacement) {
        List<LlmListener> next = new ArrayList<>(listeners.size());
        for (LlmListener listener : listeners) {
            next.add(guarded(listener, () -> replacement.apply(listener)));
        }
        return new Listeners(next, reported);
    }

    private LlmListener guarded(LlmListener listener, Supplier<LlmListener> action) {
        try {
            LlmListener result = action.get();
            return result == null ? listener : result;
        } catch (Throwable e) { // a checked one too, out of another language of the JVM
            JvmTrouble.rethrow(e);
            if (reported.add(listener.getClass())) {
                LOG.log(
                        Level.WARNING,
                        "listener " + listener.getClass().getName() + " failed; its further failures are not"
                                + " reported",
                        e);
            }
            return listener;
        }
    }
}
