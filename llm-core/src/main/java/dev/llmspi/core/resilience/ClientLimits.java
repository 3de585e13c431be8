package dev.llmspi.core.resilience;

import dev.failsafe.RateLimiter;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmRateLimitException;
import dev.llmspi.core.call.CallScope;
import dev.llmspi.core.settings.LimitSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The limits a client sets itself at one provider: calls under way at once, and requests a minute. Failsafe counts the
 * latter, on the clock of the machine. Safe for use by many threads.
 */
final class ClientLimits {

    private final String provider;
    private final LimitSettings settings;
    private final @Nullable Places places;
    private final @Nullable RateLimiter<Object> rate;

    ClientLimits(String provider, LimitSettings settings) {
        this.provider = provider;
        this.settings = settings;
        this.places = settings.maxConcurrent().isPresent()
                ? new Places(settings.maxConcurrent().getAsInt())
                : null;
        this.rate = settings.requestsPerMinute().isPresent()
                ? RateLimiter.burstyBuilder(settings.requestsPerMinute().getAsInt(), Duration.ofMinutes(1))
                        .build()
                : null;
    }

    /** Whether there are none: then nothing is waited for. */
    boolean areOff() {
        return places == null && rate == null;
    }

    /**
     * Reserves the next request of the minute.
     *
     * @return how long to wait for it
     * @throws LlmException if that is longer than allowed
     */
    Duration reserve(Duration longest) {
        if (rate == null) {
            return Duration.ZERO;
        }
        Duration wait = rate.tryReservePermit(longest);
        if (wait.isNegative()) {
            throw refused("requests-per-minute", settings.requestsPerMinute().getAsInt());
        }
        return wait;
    }

    /**
     * Takes a place among the calls under way, waiting for one if need be.
     *
     * @return gives it back
     * @throws LlmException if none came free in time
     * @throws InterruptedException if the waiting thread is interrupted
     */
    Runnable takePlace(CallScope call, Duration longest) throws InterruptedException {
        Places all = places;
        if (all == null) {
            return () -> {};
        }
        if (!all.take(call, longest)) {
            call.throwIfEnded();
            throw refused("max-concurrent", settings.maxConcurrent().getAsInt());
        }
        return all::giveBack;
    }

    private LlmException refused(String key, int limit) {
        return LlmRateLimitException.builder()
                .provider(provider)
                .message("this client's own limit was reached and nothing came free in time (llm.limits." + key + " = "
                        + limit + ")")
                .reason(ErrorReason.CLIENT_LIMIT)
                .requestSent(false)
                .retryHere(false)
                .tryNext(true)
                .build();
    }
}
