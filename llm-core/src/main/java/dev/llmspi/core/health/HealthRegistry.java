package dev.llmspi.core.health;

import dev.llmspi.api.TimeSource;
import dev.llmspi.api.event.CooldownChanged;
import dev.llmspi.core.jfr.FlightRecorder;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Contains a circuit breaker for each provider, model or account of a client that has failed recently, but at most
 * 1,000 of them, because callers may use any number of model names. It is empty while nothing fails, so that checks
 * cost nothing. Safe for use by many threads.
 */
public final class HealthRegistry {

    private static final int MOST = 1_000;

    private final TimeSource time;
    private final Consumer<CooldownChanged> listener;
    /** Guarded by this. Circuit breakers without a cooldown that have counted failures, least recently used first. */
    private final Map<Cooldown.Key, CooldownBreaker> counting = new LinkedHashMap<>(16, 0.75f, true);
    /** Guarded by this. Circuit breakers with a cooldown, least recently used first. */
    private final Map<Cooldown.Key, CooldownBreaker> cooling = new LinkedHashMap<>(16, 0.75f, true);
    /** Guarded by this. The number of circuit breakers for accounts, by the owner of the account. */
    private final Map<String, Integer> accounts = new HashMap<>();
    /** Guarded by this. No cooldown ends before this time, unless the provider answers. */
    private long nextOver;
    /** Written only while holding the lock of this object. */
    private volatile boolean empty = true;

    /** @param listener receives each cooldown that begins or ends */
    public HealthRegistry(TimeSource time, Consumer<CooldownChanged> listener) {
        this.time = time;
        this.listener = listener;
        this.nextOver = time.nanoTime();
    }

    public TimeSource time() {
        return time;
    }

    public boolean isEmpty() {
        return empty;
    }

    @Nullable
    public synchronized CooldownBreaker breaker(Cooldown.Key key) {
        CooldownBreaker known = counting.get(key);
        return known != null ? known : cooling.get(key);
    }

    /**
     * Changes the circuit breaker of a key. It is created first if it is missing, and removed afterwards if it has
     * recorded nothing. All of this is one atomic step, so that no change is lost if another thread removes the circuit
     * breaker. If there are too many, the least recently used one is removed. One with a cooldown is removed only if
     * all have a cooldown.
     *
     * @return the result of the change
     */
    @Nullable
    public synchronized Cooldown change(
            Cooldown.Key key, Supplier<CooldownBreaker> fresh, Function<CooldownBreaker, @Nullable Cooldown> change) {
        CooldownBreaker known = breaker(key);
        CooldownBreaker breaker = known == null ? fresh.get() : known;
        Cooldown result = change.apply(breaker);
        remove(key);
        if (!breaker.isBlank()) {
            makeRoom();
            add(key, breaker);
        }
        empty = size() == 0;
        return result;
    }

    private int size() {
        return counting.size() + cooling.size();
    }

    private void add(Cooldown.Key key, CooldownBreaker breaker) {
        Cooldown cooldown = breaker.state();
        if (cooldown == null) {
            counting.put(key, breaker);
        } else {
            cooling.put(key, breaker);
            nextOver = cooldown.untilNanos() - nextOver < 0 ? cooldown.untilNanos() : nextOver;
        }
        if (!key.account().isEmpty()) {
            accounts.merge(key.owner(), 1, Integer::sum);
        }
    }

    private @Nullable CooldownBreaker remove(Cooldown.Key key) {
        CooldownBreaker removed = counting.remove(key);
        removed = removed == null ? cooling.remove(key) : removed;
        if (removed != null) {
            uncount(key);
        }
        return removed;
    }

    private void uncount(Cooldown.Key key) {
        if (!key.account().isEmpty()) {
            accounts.computeIfPresent(key.owner(), (owner, count) -> count == 1 ? null : count - 1);
        }
    }

    /** Removes circuit breakers until there is room for one more. */
    private void makeRoom() {
        if (size() >= MOST && counting.isEmpty()) {
            removeOver();
        }
        while (size() >= MOST) {
            Iterator<Cooldown.Key> eldest =
                    (counting.isEmpty() ? cooling : counting).keySet().iterator();
            uncount(eldest.next());
            eldest.remove();
        }
    }

    /** Removes the circuit breakers whose cooldown is over. Looks for them only if there may be one. */
    private void removeOver() {
        long now = time.nanoTime();
        if (nextOver - now > 0) {
            return;
        }
        nextOver = now + Long.MAX_VALUE / 2;
        for (Iterator<Map.Entry<Cooldown.Key, CooldownBreaker>> all =
                        cooling.entrySet().iterator();
                all.hasNext(); ) {
            Map.Entry<Cooldown.Key, CooldownBreaker> one = all.next();
            Cooldown cooldown = one.getValue().state();
            if (cooldown == null || cooldown.untilNanos() - now <= 0) {
                uncount(one.getKey());
                all.remove();
            } else if (cooldown.untilNanos() - nextOver < 0) {
                nextOver = cooldown.untilNanos();
            }
        }
    }

    /** Whether there is a circuit breaker for an account of this owner. */
    public synchronized boolean knowsAccountsOf(String owner) {
        return accounts.containsKey(owner);
    }

    /** Removes the circuit breaker of a key if it has recorded nothing. */
    public synchronized void forgetIfBlank(Cooldown.Key key) {
        CooldownBreaker known = breaker(key);
        if (known != null && known.isBlank()) {
            remove(key);
            empty = size() == 0;
        }
    }

    public void forEach(BiConsumer<Cooldown.Key, CooldownBreaker> action) {
        all().forEach(action); // without the lock, because the action may call listeners
    }

    private synchronized Map<Cooldown.Key, CooldownBreaker> all() {
        Map<Cooldown.Key, CooldownBreaker> all = new HashMap<>(counting);
        all.putAll(cooling);
        return all;
    }

    /** Removes the circuit breakers of the matching keys and passes their cooldowns to the action. */
    public void forget(Predicate<Cooldown.Key> keys, BiConsumer<Cooldown.Key, Cooldown> ended) {
        all().forEach((key, breaker) -> {
            if (keys.test(key) && remove(key, breaker)) {
                Cooldown cooldown = breaker.end();
                if (cooldown != null) {
                    ended.accept(key, cooldown);
                }
            }
        });
    }

    private synchronized boolean remove(Cooldown.Key key, CooldownBreaker breaker) {
        if (breaker(key) != breaker) {
            return false;
        }
        remove(key);
        empty = size() == 0;
        return true;
    }

    /** Sends an event to the listener and to Flight Recorder. */
    public void send(CooldownChanged event) {
        FlightRecorder.cooldownChanged(event);
        listener.accept(event);
    }
}
