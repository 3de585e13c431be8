package dev.llmspi.core.resilience;

import dev.failsafe.CircuitBreaker;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.TimeSource;
import dev.llmspi.core.call.Nanos;
import dev.llmspi.core.settings.CooldownSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The way to one thing that can be in cooldown. Failsafe's circuit breaker counts the failures and hands out the trial calls; it
 * is opened and half-opened from here, because a cooldown ends on the time source's clock. Safe for use by many threads.
 */
final class Gate {

    /** How an attempt came past. */
    enum Entry {
        /** There is no cooldown. */
        FREE,
        /** The cooldown is over, and this attempt finds out whether the cause is. */
        TRIAL,
        /** Not at all. */
        REFUSED
    }

    private static final Duration NEVER = Duration.ofDays(36_500);

    private final CooldownSettings settings;
    private final TimeSource time;
    /** Whether the end of the cooldown is a guess, so that one call at a time has to try. */
    private final boolean tried;

    private final CircuitBreaker<Object> breaker;
    /** Guarded by this; null: closed. */
    private @Nullable Cooldown cooldown;
    /** Guarded by this: the length of the last cooldown after counted failures, doubled each time a trial fails. */
    private Duration delay;

    Gate(CooldownSettings settings, TimeSource time, boolean tried) {
        this.settings = settings;
        this.time = time;
        this.tried = tried;
        this.delay = settings.delay();
        this.breaker = CircuitBreaker.builder()
                .withFailureThreshold(Math.max(1, settings.afterFailures()), Math.max(1, settings.ofAttempts()))
                .withSuccessThreshold(1)
                .withDelay(NEVER)
                .build();
    }

    /** The cooldown, also one that has run out while nobody has tried yet; null: there is none. */
    synchronized @Nullable Cooldown state() {
        return cooldown;
    }

    /** What an attempt would run into now; null: nothing. */
    synchronized @Nullable Cooldown look() {
        Cooldown known = cooldown;
        return known == null || isOver(known) && (!tried || breaker.isOpen()) ? null : known;
    }

    /** Whether the cooldown is over, but for the trial that ends it. */
    synchronized boolean isDue() {
        Cooldown known = cooldown;
        return known != null && isOver(known);
    }

    private boolean isOver(Cooldown known) {
        return known.untilNanos() - time.nanoTime() <= 0;
    }

    /** Lets an attempt past if there is no cooldown, or takes it as the trial if that is due. */
    synchronized Entry enter() {
        Cooldown known = cooldown;
        if (known == null) {
            return Entry.FREE;
        }
        if (!isOver(known)) {
            return Entry.REFUSED;
        }
        if (!tried) {
            return Entry.FREE; // the cause is known to be over
        }
        if (breaker.isOpen()) {
            breaker.halfOpen();
        }
        return breaker.tryAcquirePermit() ? Entry.TRIAL : Entry.REFUSED;
    }

    /**
     * An attempt has shown that the way is free.
     *
     * @param startNanos when it began: one that was under way before the cooldown proves nothing
     * @return the cooldown that ended by it; null: none
     */
    synchronized @Nullable Cooldown answered(long startNanos) {
        Cooldown known = cooldown;
        return known != null && startNanos - known.sinceNanos() >= 0 ? end() : null;
    }

    /** An attempt that came to its end without a failure is counted. */
    synchronized void succeeded() {
        if (cooldown == null) {
            breaker.recordSuccess();
        }
    }

    /**
     * A failure that counts.
     *
     * @param trial whether the attempt was the trial of a cooldown that is still on: then one failure is enough
     * @return the cooldown that began; null: none
     */
    synchronized @Nullable Cooldown failed(ErrorKind kind, boolean trial) {
        if (settings.afterFailures() == 0) {
            return null;
        }
        if (trial && cooldown != null) {
            Duration twice = delay.multipliedBy(2);
            delay = twice.compareTo(settings.maxDelay()) > 0 ? settings.maxDelay() : twice;
            return begin(kind, delay);
        }
        if (cooldown != null) {
            return null; // asked although it is in cooldown: says nothing new
        }
        breaker.recordFailure();
        return breaker.isOpen() ? begin(kind, delay) : null;
    }

    /**
     * Begins a cooldown, unless one is on that lasts longer.
     *
     * @return null if there is nothing to begin
     */
    synchronized @Nullable Cooldown begin(ErrorKind kind, Duration length) {
        Duration limited = length.compareTo(settings.max()) > 0 ? settings.max() : length;
        long now = time.nanoTime();
        Cooldown known = cooldown;
        if (limited.isZero() || known != null && known.untilNanos() - (now + Nanos.of(limited)) > 0) {
            return null;
        }
        breaker.open();
        Cooldown begun = new Cooldown(kind, time.now(), time.now().plus(limited), now, now + Nanos.of(limited));
        cooldown = begun;
        return begun;
    }

    /** The trial said nothing about the cause: the next attempt is the trial. */
    synchronized void abandonTrial() {
        if (cooldown != null) {
            breaker.open();
        }
    }

    /**
     * Ends a cooldown whose time is over and that needs no trial.
     *
     * @return the cooldown that ended; null: none
     */
    synchronized @Nullable Cooldown endIfOver() {
        Cooldown known = cooldown;
        return known != null && !tried && isOver(known) ? end() : null;
    }

    /**
     * Ends the cooldown and forgets what was counted.
     *
     * @return the cooldown that ended; null: there was none
     */
    synchronized @Nullable Cooldown end() {
        Cooldown ended = cooldown;
        breaker.close();
        cooldown = null;
        delay = settings.delay();
        return ended;
    }

    /** Whether there is nothing to remember. */
    synchronized boolean isBlank() {
        return cooldown == null && breaker.getFailureCount() == 0;
    }
}
