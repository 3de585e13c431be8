package dev.llmspi.core.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.health.AccountKeys;
import dev.llmspi.core.health.HealthRegistry;
import dev.llmspi.core.health.ProviderHealth;
import dev.llmspi.core.routing.AttemptTarget;
import dev.llmspi.core.runtime.ClientRuntime;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.core.settings.ProviderSettings;
import dev.llmspi.core.settings.TimeoutSettings;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests whether and when an attempt is retried, at the limits set by the deadline, the caps and the budget. */
class LinkRetriesTest {

    private static final Optional<Duration> NO_RETRY = Optional.empty();
    private static final Optional<Duration> AT_ONCE = Optional.of(Duration.ZERO);

    /** A time source whose random numbers are all 0.5. */
    private final ManualTimeSource time = ManualTimeSource.create();

    private final ActiveCalls calls =
            new ActiveCalls(new ClientRuntime(time, TimeoutSettings.none(), null), CallListeners.of(List.of()));
    private final ActiveCall call = calls.openFor(CallContext.create(), "test", TimeoutSettings.none());

    @AfterEach
    void close() {
        call.close();
        calls.close();
    }

    private Retries retries(String settings) {
        ProviderSettings block = LlmSettings.builder()
                .text("llm.providers.p { " + settings + " }", "test")
                .build()
                .providers()
                .get("p");
        HealthRegistry registry = new HealthRegistry(time, event -> {});
        ProviderHealth health = new ProviderHealth(
                block,
                new AccountKeys(Optional.empty(), (context, used) -> {}, context -> null),
                Optional::empty,
                registry);
        return new Retries(new AttemptTarget(ScriptedProvider.named("p"), block, block.timeouts(), health));
    }

    /** The retries at one link. The first error sets the link's budget. */
    private final class Retries {
        private final AttemptTarget target;
        private LinkRetries retries;

        Retries(AttemptTarget target) {
            this.target = target;
        }

        Optional<Duration> waitAfter(LlmException error, LinkBudget budget) {
            if (retries == null) {
                retries = new LinkRetries(call, target, budget);
            }
            return retries.waitAfter(error, "m");
        }
    }

    private LinkBudget link(Duration left, boolean anotherLeft) {
        return new LinkBudget(
                time.nanoTime() + left.toNanos(),
                anotherLeft,
                TimeoutSettings.none(),
                TimeoutSettings.none(),
                List.of());
    }

    private LinkBudget alone() {
        return link(Duration.ofHours(1), false);
    }

    private static LlmException.Builder<? extends LlmException> error(ErrorKind kind) {
        return LlmException.builder(kind).message("failed");
    }

    private static LlmException waitFor(Duration wait) {
        return error(ErrorKind.RATE_LIMIT).retryAfter(wait).build();
    }

    private static Duration millis(long count) {
        return Duration.ofMillis(count);
    }

    @Test
    void waitAfter_noTimeLeft_isEmpty() {
        LlmException stale =
                error(ErrorKind.CONNECTION).reason(ErrorReason.STALE_CONNECTION).build();
        assertEquals(NO_RETRY, retries("").waitAfter(stale, link(Duration.ZERO, false)));
        assertEquals(AT_ONCE, retries("").waitAfter(stale, link(Duration.ofNanos(1), false)));
    }

    @Test
    void waitAfter_backoff_isEmptyIfItDoesNotFitIntoTheTimeLeft() {
        // the wait is between 1 s and 2 s, so it is 1.5 s with the random number 0.5
        assertEquals(
                Optional.of(millis(1_500)),
                retries("")
                        .waitAfter(
                                error(ErrorKind.SERVICE).build(),
                                link(millis(1_500).plusNanos(1), false)));
        assertEquals(NO_RETRY, retries("").waitAfter(error(ErrorKind.SERVICE).build(), link(millis(1_500), false)));
    }

    @Test
    void waitAfter_jitterBeyondTheTimeLeft_isLeftOut() {
        // Retry-After is 2 s, so the wait with jitter is 2.1 s
        assertEquals(
                Optional.of(millis(2_100)),
                retries("").waitAfter(waitFor(millis(2_000)), link(millis(2_100).plusNanos(1), false)));
        assertEquals(
                Optional.of(millis(2_000)), retries("").waitAfter(waitFor(millis(2_000)), link(millis(2_100), false)));
        assertEquals(NO_RETRY, retries("").waitAfter(waitFor(millis(2_000)), link(millis(2_000), false)));
    }

    @ParameterizedTest
    @CsvSource({
        // Retry-After in ms, whether another link is left, and the wait in ms, or -1 if there is no retry
        "0, false, 1500",
        "5000, true, 5250",
        "5001, true, -1",
        "5001, false, 5251",
        "60000, false, 63000",
        "60001, false, -1",
    })
    void waitAfter_retryAfter_isHonouredUpToTheCaps(long retryAfter, boolean anotherLeft, long expected) {
        LinkBudget link = link(Duration.ofHours(1), anotherLeft);
        Optional<Duration> wait = retries("").waitAfter(waitFor(millis(retryAfter)), link);
        assertEquals(expected, wait.map(Duration::toMillis).orElse(-1L));
    }

    /** A backoff never prevents a retry; only a wait that the server requested can do that. */
    @Test
    void waitAfter_backoffBeyondMaxWaitBeforeNext_isCutToIt() {
        for (String delays : List.of("delay = 6s", "delay = 1s", "delay = 2s, max-delay = 60s")) {
            Retries retries = retries("retry { " + delays + " }");
            for (int retry = 0; retry < 3; retry++) {
                Duration wait = retries.waitAfter(error(ErrorKind.SERVICE).build(), link(Duration.ofHours(1), true))
                        .orElseThrow();
                assertTrue(wait.compareTo(Duration.ofSeconds(5)) <= 0, delays + ": " + wait);
            }
        }
        assertEquals(
                Optional.of(Duration.ofSeconds(9)),
                retries("retry.delay = 6s").waitAfter(error(ErrorKind.SERVICE).build(), alone()));
    }

    @Test
    void waitAfter_jitterOfALongWait_isATenthOfTheCap() {
        Retries patient = retries("retry { max-wait-before-next = 1h, max-retry-after = 60s }");
        assertEquals(
                Optional.of(Duration.ofMinutes(10).plus(millis(3_000))),
                patient.waitAfter(waitFor(Duration.ofMinutes(10)), link(Duration.ofHours(1), true)));
    }

    @Test
    void waitAfter_errorForbidsFallback_waitsAsIfNoLinkWereLeft() {
        LlmException here = error(ErrorKind.RATE_LIMIT)
                .retryAfter(millis(6_000))
                .tryNext(false)
                .build();
        assertEquals(Optional.of(millis(6_300)), retries("").waitAfter(here, link(Duration.ofHours(1), true)));
    }

    /** The retries and the chain use the same settings to decide about a fallback. */
    @Test
    void waitAfter_refusalStopsTheChain_waitsAsIfNoLinkWereLeft() {
        LlmException refusal = error(ErrorKind.INVALID_REQUEST)
                .reason(ErrorReason.UNRECOGNISED)
                .retryHere(true)
                .retryAfter(millis(6_000))
                .build();
        LinkBudget link = link(Duration.ofHours(1), true);
        assertEquals(NO_RETRY, retries("").waitAfter(refusal, link));
        assertEquals(
                Optional.of(millis(6_300)),
                retries("fallback.unrecognised = stop").waitAfter(refusal, link));
    }

    @Test
    void waitAfter_backoff_growsUpToMaxDelay() {
        Retries retries = retries("retry { delay = 1s, max-delay = 3s, max-retries = 4 }");
        for (long expected : new long[] {1_500, 2_000, 2_000, 2_000}) {
            assertEquals(
                    Optional.of(millis(expected)),
                    retries.waitAfter(error(ErrorKind.SERVICE).build(), alone()));
        }
        assertEquals(NO_RETRY, retries.waitAfter(error(ErrorKind.SERVICE).build(), alone()));
    }

    @Test
    void waitAfter_staleConnection_isRepeatedOnceWithoutCounting() {
        Retries retries = retries("retry { max-retries = 1, budget = 1, delay = 10ms, max-delay = 10ms }");
        LlmException stale =
                error(ErrorKind.CONNECTION).reason(ErrorReason.STALE_CONNECTION).build();
        assertEquals(AT_ONCE, retries.waitAfter(stale, alone()));
        assertEquals(Optional.of(millis(10)), retries.waitAfter(stale, alone()), "the second repeat counts as a retry");
        assertEquals(NO_RETRY, retries.waitAfter(stale, alone()));
    }

    @Test
    void waitAfter_unprocessed_isSentAgainThreeTimesWithoutCounting() {
        Retries retries = retries("retry { max-retries = 1, budget = 1, delay = 10ms, max-delay = 10ms }");
        LlmException unprocessed =
                error(ErrorKind.CONNECTION).reason(ErrorReason.UNPROCESSED).build();
        for (int i = 0; i < 3; i++) {
            assertEquals(AT_ONCE, retries.waitAfter(unprocessed, alone()));
        }
        assertEquals(Optional.of(millis(10)), retries.waitAfter(unprocessed, alone()), "the fourth counts as a retry");
        assertEquals(NO_RETRY, retries.waitAfter(unprocessed, alone()));
    }

    @Test
    void waitAfter_renewedCredential_isRepeatedOnceWithoutCounting() {
        Retries retries = retries("retry.on = [authentication_error]");
        LlmException renewed = error(ErrorKind.AUTHENTICATION)
                .reason(ErrorReason.CREDENTIAL_RENEWED)
                .build();
        assertEquals(AT_ONCE, retries.waitAfter(renewed, alone()));
        assertEquals(NO_RETRY, retries.waitAfter(renewed, alone()));
    }

    @Test
    void waitAfter_timeout_isRetriedUpToMaxAfterTimeout() {
        Retries retries = retries("retry { max-after-timeout = 1, max-retries = 3 }");
        LlmException timeout = error(ErrorKind.TIMEOUT).build();
        assertEquals(true, retries.waitAfter(timeout, alone()).isPresent());
        assertEquals(NO_RETRY, retries.waitAfter(timeout, alone()));
        assertEquals(
                true,
                retries.waitAfter(error(ErrorKind.SERVICE).build(), alone()).isPresent());
    }

    @Test
    void waitAfter_budgetIsUsedUp_isEmpty() {
        Retries retries = retries("retry { budget = 2, max-retries = 9 }");
        LlmException busy = error(ErrorKind.SERVICE).build();
        assertEquals(true, retries.waitAfter(busy, alone()).isPresent());
        assertEquals(true, retries.waitAfter(busy, alone()).isPresent());
        assertEquals(NO_RETRY, retries.waitAfter(busy, alone()));
    }
}
