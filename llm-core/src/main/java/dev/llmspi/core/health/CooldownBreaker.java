package dev.llmspi.core.health;

import dev.failsafe.CircuitBreaker;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.runtime.Nanos;
import dev.llmspi.core.settings.CooldownSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The circuit breaker of one provider, model or account. Failsafe's circuit breaker counts failures and limits trial
 * requests. This class opens and half-opens it, because the end of a cooldown depends on our own time source. Safe for
 * use by many threads.
 */
public final class CooldownBreaker {

    /** Whether an attempt may start. */
    public enum Decision {
        /** There is no cooldown. */
        ALLOWED,
        /** The cooldown has expired, and this attempt tests whether the provider has recovered. */
        TRIAL,
        /** There is a cooldown. */
        REFUSED
    }

    private static final Duration NEVER = Duration.ofDays(36_500);
    /** The number of consecutive refusals without a known cause after which a cooldown begins. */
    private static final int FORBIDDEN_IN_A_ROW = 3;

    private final CooldownSettings settings;
    private final TimeSource time;
    /** Whether the cooldown needs a trial request, because its end is only a guess. */
    private final boolean needsTrial;

    private final CircuitBreaker<Object> circuit;
    /** Guarded by this. Null if there is no cooldown. */
    private @Nullable Cooldown cooldown;
    /**
     * Guarded by this. The length of the last cooldown after counted failures, which doubles each time a trial fails.
     */
    private Duration delay;
    /** Guarded by this. The number of refusals without a known cause since the last success. */
    private int forbidden;

    /** @param needsTrial whether a trial request has to end a cooldown, because its length is only a guess */
    public CooldownBreaker(CooldownSettings settings, TimeSource time, boolean needsTrial) {
        this.settings = settings;
        this.time = time;
        this.needsTrial = needsTrial;
        this.delay = settings.delay();
        this.circuit = CircuitBreaker.builder()
                .withFailureThreshold(Math.max(1, settings.afterFailures()), Math.max(1, settings.ofAttempts()))
                .withSuccessThreshold(1)
                .withDelay(NEVER)
                .build();
    }

    /** The cooldown, even if it has expired but no trial has ended it yet. Null if there is none. */
    public synchronized @Nullable Cooldown state() {
        return cooldown;
    }

    /** The cooldown that would refuse an attempt now. Null if an attempt could start. */
    public synchronized @Nullable Cooldown look() {
        Cooldown known = cooldown;
        return known == null || isOver(known) && (!needsTrial || circuit.isOpen()) ? null : known;
    }

    /** Whether the cooldown has expired and only a trial call is still needed. */
    public synchronized boolean isDue() {
        Cooldown known = cooldown;
        return known != null && isOver(known);
    }

    private boolean isOver(Cooldown known) {
        return known.untilNanos() - time.nanoTime() <= 0;
    }

    /** Decides whether an attempt may start, and whether it is the trial. */
    public synchronized Decision enter() {
        Cooldown known = cooldown;
        if (known == null) {
            return Decision.ALLOWED;
        }
        if (!isOver(known)) {
            return Decision.REFUSED;
        }
        if (!needsTrial) {
            return Decision.ALLOWED;
        }
        if (circuit.isOpen()) {
            circuit.halfOpen();
        }
        return circuit.tryAcquirePermit() ? Decision.TRIAL : Decision.REFUSED;
    }

    /**
     * Ends the cooldown, because an attempt has shown that its cause no longer exists.
     *
     * @param startNanos when the attempt started; an attempt that started before the cooldown proves nothing
     * @return the cooldown that ended, or null if none did
     */
    public synchronized @Nullable Cooldown answered(long startNanos) {
        Cooldown known = cooldown;
        if (known != null && startNanos - known.sinceNanos() < 0) {
            return null;
        }
        forbidden = 0;
        return known == null ? null : end();
    }

    /** Counts an attempt that ended without a failure. */
    public synchronized void succeeded() {
        if (cooldown == null) {
            circuit.recordSuccess();
        }
    }

    /**
     * Counts a failure.
     *
     * @param trial whether the attempt was the trial; if the cooldown has not ended since, a single failure begins
     *     another cooldown
     * @return the cooldown that began, or null if none did
     */
    public synchronized @Nullable Cooldown failed(ErrorKind kind, boolean trial) {
        if (settings.afterFailures() == 0) {
            return null;
        }
        if (trial && cooldown != null) {
            Duration twice = delay.multipliedBy(2);
            delay = twice.compareTo(settings.maxDelay()) > 0 ? settings.maxDelay() : twice;
            return begin(kind, delay);
        }
        if (cooldown != null) {
            return null; // an attempt that was made despite the cooldown shows nothing new
        }
        circuit.recordFailure();
        return circuit.isOpen() ? begin(kind, delay) : null;
    }

    /**
     * Begins a cooldown, unless the current one lasts longer.
     *
     * @return the cooldown that began, or null if none did
     */
    public synchronized @Nullable Cooldown begin(ErrorKind kind, Duration length) {
        Duration limited = length.compareTo(settings.max()) > 0 ? settings.max() : length;
        long now = time.nanoTime();
        Cooldown known = cooldown;
        if (limited.isZero() || known != null && known.untilNanos() - (now + Nanos.of(limited)) > 0) {
            return null;
        }
        circuit.open();
        Cooldown begun = new Cooldown(kind, time.now(), time.now().plus(limited), now, now + Nanos.of(limited));
        cooldown = begun;
        return begun;
    }

    /**
     * Begins a cooldown for an error, unless the current one lasts longer. A refusal without a known cause may be due
     * to a single prompt, so a cooldown begins only after several such refusals in a row.
     *
     * @return the cooldown that began, or null if none did
     */
    public synchronized @Nullable Cooldown begin(LlmException error, Duration length) {
        if (error.reason().orElse(null) == ErrorReason.FORBIDDEN) {
            if (length.isZero() || settings.max().isZero()) {
                return null; // these cooldowns are disabled
            }
            forbidden = Math.min(forbidden + 1, FORBIDDEN_IN_A_ROW);
            if (forbidden < FORBIDDEN_IN_A_ROW) {
                return null;
            }
        }
        return begin(error.kind(), length);
    }

    /** Gives up the trial because it showed nothing about the cause. The next attempt becomes the trial. */
    public synchronized void abandonTrial() {
        if (cooldown != null) {
            circuit.open();
        }
    }

    /**
     * Ends the cooldown if it has expired and needs no trial.
     *
     * @return the cooldown that ended, or null if none did
     */
    public synchronized @Nullable Cooldown endIfOver() {
        Cooldown known = cooldown;
        return known != null && !needsTrial && isOver(known) ? end() : null;
    }

    /**
     * Ends the cooldown and resets all counts.
     *
     * @return the cooldown that ended, or null if there was none
     */
    public synchronized @Nullable Cooldown end() {
        Cooldown ended = cooldown;
        circuit.close();
        cooldown = null;
        delay = settings.delay();
        forbidden = 0;
        return ended;
    }

    /** Whether this circuit breaker can be removed: it has no cooldown and has counted no failure. */
    public synchronized boolean isBlank() {
        return cooldown == null && forbidden == 0 && circuit.getFailureCount() == 0;
    }
}
