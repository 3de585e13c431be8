package dev.llmspi.core.resilience;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.call.LinkLimits;
import dev.llmspi.core.call.Nanos;
import dev.llmspi.core.settings.ProviderSettings;
import dev.llmspi.core.settings.RetrySettings;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Decides after each failed attempt of one call at one provider whether it is asked again, and after which wait. Keeps the
 * counts of that call; used by one thread.
 */
final class RetryPlan {

    private final RetrySettings settings;
    private final Set<ErrorKind> fallbackOn;
    private final TimeSource time;
    private final Admission admission;
    private final String model;
    private int retries;
    private int afterTimeout;
    private boolean repeatedStale;
    private boolean renewedCredential;

    RetryPlan(ProviderSettings provider, TimeSource time, Admission admission, String model) {
        this.admission = admission;
        this.model = model;
        this.settings = provider.retry();
        this.fallbackOn = provider.fallbackOn();
        this.time = time;
    }

    /** The wait before the next attempt; empty: there is none. */
    Optional<Duration> waitAfter(LlmException error, LinkLimits link) {
        long left = link.deadlineNanos() - time.nanoTime();
        if (left <= 0) {
            return Optional.empty();
        }
        // Two repeats that are no retries: nothing was asked yet, or it was asked with a key that has been replaced.
        ErrorReason reason = error.reason().orElse(null);
        if (reason == ErrorReason.STALE_CONNECTION && !repeatedStale) {
            repeatedStale = true;
            return Optional.of(Duration.ZERO);
        }
        if (reason == ErrorReason.CREDENTIAL_RENEWED && !renewedCredential) {
            renewedCredential = true;
            return Optional.of(Duration.ZERO);
        }
        if (!mayRetry(error) || link.anotherLeft() && admission.isLeftAlone(model)) {
            return Optional.empty();
        }
        Optional<Duration> wait = wait(error, link, left).filter(possible -> admission.mayRetry());
        if (wait.isPresent()) {
            retries++;
            afterTimeout += error.kind() == ErrorKind.TIMEOUT ? 1 : 0;
        }
        return wait;
    }

    private boolean mayRetry(LlmException error) {
        return error.retryHere().orElse(settings.on().contains(error.kind()))
                && error.reason().orElse(null) != ErrorReason.CREDENTIAL_RENEWED
                && retries < settings.maxRetries()
                && (error.kind() != ErrorKind.TIMEOUT || afterTimeout < settings.maxAfterTimeout());
    }

    private Optional<Duration> wait(LlmException error, LinkLimits link, long left) {
        boolean next = link.anotherLeft() && error.tryNext().orElse(fallbackOn.contains(error.kind()));
        Optional<Duration> asked = error.retryAfter().filter(wait -> !wait.isZero());
        Duration wait = asked.isPresent() ? obeyed(asked.get()) : backoff(next);
        Duration shortest = asked.orElse(wait);
        if (Nanos.of(shortest) >= left) {
            return Optional.empty();
        }
        boolean tooLong = next
                ? shortest.compareTo(settings.maxWaitBeforeNext()) > 0
                : asked.isPresent() && shortest.compareTo(settings.maxRetryAfter()) > 0;
        // The upward jitter must not carry the next attempt beyond the link's time.
        return tooLong ? Optional.empty() : Optional.of(Nanos.of(wait) < left ? wait : shortest);
    }

    /** Never earlier than asked; up to a tenth later, so that many callers do not come back at one instant. */
    private Duration obeyed(Duration asked) {
        Duration most = asked.compareTo(settings.maxRetryAfter()) > 0 ? settings.maxRetryAfter() : asked;
        return asked.plusNanos((long) (Nanos.of(most) * 0.1 * time.random()));
    }

    /**
     * Between delay and min(max-delay, delay·2ⁿ) before retry n. Our own wait is never so long that the next provider would be asked
     * instead: the number of retries is what the user set.
     *
     * @param next whether another provider can be asked
     */
    private Duration backoff(boolean next) {
        long shortest = Nanos.of(settings.delay());
        double longest = Math.min((double) Nanos.of(settings.maxDelay()), shortest * Math.pow(2, retries + 1.0));
        Duration wait = Duration.ofNanos(shortest + (long) ((longest - shortest) * time.random()));
        Duration bound = settings.maxWaitBeforeNext();
        return next && wait.compareTo(bound) > 0 ? bound : wait;
    }
}
