package dev.llmspi.core.resilience;

import dev.llmspi.api.TimeSource;
import dev.llmspi.api.event.CooldownChanged;
import dev.llmspi.core.call.Listeners;
import dev.llmspi.core.jfr.FlightRecorder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything in cooldown, or about to be, of all providers of a client. Empty as long as all is well: then a look at it costs
 * nothing. Safe for use by many threads.
 */
public final class HealthBoard {

    /** Beyond this, gates without a cooldown are forgotten: a caller may make up as many model names as it likes. */
    private static final int MANY = 1_000;

    private final TimeSource time;
    private final Listeners listeners;
    private final Map<CooldownKey, Gate> gates = new ConcurrentHashMap<>();

    public HealthBoard(TimeSource time, Listeners listeners) {
        this.time = time;
        this.listeners = listeners;
    }

    TimeSource time() {
        return time;
    }

    boolean isEmpty() {
        return gates.isEmpty();
    }

    @Nullable
    Gate gate(CooldownKey key) {
        return gates.get(key);
    }

    Gate gate(CooldownKey key, Supplier<Gate> fresh) {
        if (gates.size() > MANY) {
            gates.values().removeIf(gate -> gate.state() == null);
        }
        return gates.computeIfAbsent(key, absent -> fresh.get());
    }

    /** Whether anything of an account of this owner is known. */
    boolean knowsAccountsOf(String owner) {
        for (CooldownKey key : gates.keySet()) {
            if (!key.account().isEmpty() && key.owner().equals(owner)) {
                return true;
            }
        }
        return false;
    }

    void forgetIfBlank(CooldownKey key, Gate gate) {
        if (gate.isBlank()) {
            gates.remove(key, gate);
        }
    }

    void forEach(BiConsumer<CooldownKey, Gate> action) {
        gates.forEach(action);
    }

    /** Forgets the gates of the keys, and gives the ones that were in cooldown to the action. */
    void forget(Predicate<CooldownKey> keys, BiConsumer<CooldownKey, Cooldown> ended) {
        gates.forEach((key, gate) -> {
            if (keys.test(key) && gates.remove(key, gate)) {
                Cooldown cooldown = gate.end();
                if (cooldown != null) {
                    ended.accept(key, cooldown);
                }
            }
        });
    }

    void tell(CooldownChanged event) {
        FlightRecorder.cooldownChanged(event);
        listeners.tell(listener -> listener.cooldownChanged(event));
    }
}
