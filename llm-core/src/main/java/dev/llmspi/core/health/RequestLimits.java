package dev.llmspi.core.health;

import dev.failsafe.RateLimiter;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmRateLimitException;
import dev.llmspi.core.settings.LimitSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Enforces the client's own limits for one provider: the number of concurrent requests and the number of requests per
 * minute. Failsafe uses the system clock to count the requests per minute. Safe for use by many threads.
 */
public final class RequestLimits {

    private final String provider;
    private final LimitSettings settings;
    private final TimeSource time;
    private final @Nullable ConcurrencyLimiter concurrency;
    private final @Nullable RateLimiter<Object> rate;

    public RequestLimits(String provider, LimitSettings settings, TimeSource time) {
        this.provider = provider;
        this.settings = settings;
        this.time = time;
        this.concurrency = settings.maxConcurrent().isPresent()
                ? new ConcurrencyLimiter(settings.maxConcurrent().getAsInt())
                : null;
        this.rate = settings.requestsPerMinute().isPresent()
                ? RateLimiter.burstyBuilder(settings.requestsPerMinute().getAsInt(), Duration.ofMinutes(1))
                        .build()
                : null;
    }

    /** Whether no limit is set, so that no attempt ever waits. */
    public boolean areOff() {
        return concurrency == null && rate == null;
    }

    /**
     * Waits until the limits allow one more request. It also returns when the cancellation fires during the wait for
     * the rate limit.
     *
     * @param longest the longest time to wait
     * @return an action that releases the slot that the request has taken
     * @throws LlmException with the reason CLIENT_LIMIT if no slot became free in that time or before the cancellation
     *     fired
     * @throws InterruptedException if the waiting thread is interrupted
     */
    public Runnable acquire(Duration longest, Cancellation cancellation) throws InterruptedException {
        long start = time.nanoTime();
        Duration wait = reserveRequest(longest);
        if (!wait.isZero()) {
            time.sleep(wait, cancellation);
        }
        ConcurrencyLimiter limiter = concurrency;
        if (limiter == null) {
            return RequestLimits::releaseNothing;
        }
        if (!limiter.acquire(longest.minusNanos(time.nanoTime() - start), cancellation)) {
            throw refused("max-concurrent", settings.maxConcurrent().getAsInt());
        }
        return limiter::release;
    }

    private static void releaseNothing() {}

    /** Reserves a request within the limit per minute and returns how long to wait before sending it. */
    private Duration reserveRequest(Duration longest) {
        if (rate == null) {
            return Duration.ZERO;
        }
        Duration wait = rate.tryReservePermit(longest);
        if (wait.isNegative()) {
            throw refused("requests-per-minute", settings.requestsPerMinute().getAsInt());
        }
        return wait;
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
