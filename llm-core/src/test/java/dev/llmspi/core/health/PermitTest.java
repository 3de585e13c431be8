package dev.llmspi.core.health;

import static dev.llmspi.core.Bench.error;
import static dev.llmspi.core.health.HealthFixture.CALL;
import static dev.llmspi.core.health.HealthFixture.errorWithStatus;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.core.health.HealthFixture.Instance;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the trial after a cooldown: which attempt it is, and how its outcome changes the cooldown. */
class PermitTest {

    /** A way in which an attempt can end. */
    private interface Outcome {
        void report(Instance instance, Permit permit);
    }

    private static Outcome failure(ErrorKind kind) {
        return (instance, permit) -> instance.fail(permit, error(kind));
    }

    private static Outcome failure(ErrorKind kind, int status) {
        return (instance, permit) -> instance.fail(permit, errorWithStatus(kind, status));
    }

    private final HealthFixture providers = new HealthFixture();
    private final Instance first = providers.first;

    private @Nullable Permit tryAcquire() {
        return first.health().tryAcquire(CALL, "m");
    }

    /** Returns how many of two simultaneous attempts may start: only one if it is the trial, none during a cooldown. */
    private int allowedOfTwo() {
        try (Permit one = tryAcquire();
                Permit two = tryAcquire()) {
            return (one == null ? 0 : 1) + (two == null ? 0 : 1);
        }
    }

    static Stream<Arguments> outcomesOfATrial() {
        Outcome success = Instance::succeed;
        Outcome none = (instance, permit) -> {};
        return Stream.of(
                arguments(named("success: the cooldown ends", success), 2, 0),
                arguments(
                        named(
                                "error 400: the provider was reached, the cooldown ends",
                                failure(ErrorKind.INVALID_REQUEST, 400)),
                        2,
                        0),
                arguments(
                        named(
                                "error without a status: the next attempt is the trial",
                                failure(ErrorKind.INVALID_REQUEST)),
                        1,
                        0),
                arguments(named("no outcome: the next attempt is the trial", none), 1, 0),
                arguments(named("no connection: the cooldown is doubled", failure(ErrorKind.CONNECTION)), 0, 10),
                arguments(named("407 of a proxy: the cooldown is doubled", failure(ErrorKind.CONNECTION, 407)), 0, 10));
    }

    /** Before the trial, there is a cooldown of 5 s, because the provider could not be reached. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("outcomesOfATrial")
    void close_trial_outcomeDecidesAboutTheNextAttempts(Outcome outcome, int allowedOfTwo, int wait) {
        first.fail("m", error(ErrorKind.CONNECTION));
        providers.time.advance(Duration.ofSeconds(5));
        try (Permit trial = tryAcquire()) {
            assertNotNull(trial);
            outcome.report(first, trial);
        }
        assertEquals(allowedOfTwo, allowedOfTwo());
        assertEquals(allowedOfTwo == 2 ? 0 : 1, first.health().cooldowns().size());
        assertEquals(Duration.ofSeconds(wait), first.wait("m"));
    }

    @Test
    void tryAcquire_oneOfTwoCooldownsIsNotOver_leavesTheTrialOfTheOtherToALaterAttempt() {
        first.fail("m", error(ErrorKind.CONNECTION)); // cooldown of 5 s
        first.fail("m", error(ErrorKind.RESOURCE_EXHAUSTED)); // cooldown of 5 min
        providers.time.advance(Duration.ofSeconds(5));
        assertNull(tryAcquire());
        providers.time.advance(Duration.ofMinutes(5));
        try (Permit trial = tryAcquire()) {
            assertNotNull(trial, "the refused attempt kept the trial");
            assertNull(tryAcquire(), "only one trial at a time");
            first.succeed(trial);
        }
        assertTrue(first.allows("m"));
        assertTrue(providers.registry.isEmpty());
    }

    @Test
    void succeeded_trialWithAnotherKey_leavesTheTrialOfTheOldKeyToTheNextAttempt() {
        first.fail("m", error(ErrorKind.AUTHENTICATION));
        first.fail("m", error(ErrorKind.CONNECTION));
        providers.time.advance(Duration.ofMinutes(5));
        try (Permit trial = tryAcquire()) {
            assertNotNull(trial);
            trial.succeeded(providers.time.nanoTime(), () -> "#another-account");
            assertEquals(1, first.health().cooldowns().size(), "the old key has not been tried");
            assertTrue(first.allows("m"));
        }
    }

    @Test
    void failed_trialOfTheInstanceFailsAtItsModel_doesNotDoubleTheCooldownOfTheModel() {
        first.fail("m", error(ErrorKind.CONNECTION)); // cooldown of 5 s
        providers.time.advance(Duration.ofSeconds(3));
        first.fail("m", error(ErrorKind.SERVICE)); // cooldown of 5 s
        providers.time.advance(Duration.ofSeconds(2));
        first.fail("m", error(ErrorKind.SERVICE)); // the provider's trial, although the model is in cooldown
        assertEquals(Duration.ofSeconds(3), first.wait("m"));
        assertFalse(first.allows("m"));
    }
}
