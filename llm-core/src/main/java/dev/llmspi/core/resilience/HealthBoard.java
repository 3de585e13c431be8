package dev.llmspi.core.resilience;

import dev.llmspi.api.TimeSource;
import dev.llmspi.api.event.CooldownChanged;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.core.call.Listeners;
import dev.llmspi.core.jfr.FlightRecorder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything in cooldown, or about to be, of all providers of a client. Empty as long as all is well: then a look at it costs
 * nothing. Safe for use by many threads.
 */
public final class HealthBoard {

    /**
     * Beyond this, gates without a cooldown are forgotten, and those whose cooldown is over but for somebody who looks: a caller
     * may make up as many model names as it likes, and never ask for one again.
     */
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

    /**
     * Changes the gate of a key, which is made if need be, and forgotten if there is nothing to remember: in one step, or a change
     * could be made to a gate that is just being forgotten.
     *
     * @return what the change gives
     */
    @Nullable
    Cooldown change(CooldownKey key, Supplier<Gate> fresh, Function<Gate, @Nullable Cooldown> change) {
        if (gates.size() >= MANY && !gates.containsKey(key)) {
            gates.values().removeIf(gate -> gate.state() == null || gate.isDue());
        }
        AtomicReference<@Nullable Cooldown> result = new AtomicReference<>();
        gates.compute(key, (same, known) -> {
            Gate gate = known == null ? fresh.get() : known;
            result.set(change.apply(gate));
            return gate.isBlank() ? null : gate;
        });
        return result.get();
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

    void forgetIfBlank(CooldownKey key) {
        gates.computeIfPresent(key, (same, gate) -> gate.isBlank() ? null : gate);
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
        listeners.tell(LlmListener::cooldownChanged, event);
    }
}
