package dev.llmspi.core.health;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.core.health.HealthFixture.Instance;
import org.junit.jupiter.api.Test;

/** Tests the retry budget of a provider, which is a single retry here. */
class ProviderRetryBudgetTest {

    private final HealthFixture providers = new HealthFixture();
    private final Instance first = providers.first;
    private final Instance twin = providers.twin;

    @Test
    void tryRetry_afterSuccesses_budgetIsRefilledUpToItsStart() {
        assertTrue(first.health().tryRetry());
        assertFalse(first.health().tryRetry());
        first.succeed("m");
        first.succeed("m");
        assertTrue(first.health().tryRetry());
        assertFalse(first.health().tryRetry(), "never more than at the start");
    }

    @Test
    void tryRetry_budgetOfAnotherInstanceIsUsedUp_isAllowed() {
        assertTrue(first.health().tryRetry());
        assertFalse(first.health().tryRetry());
        assertTrue(twin.health().tryRetry());
    }

    @Test
    void reset_usedUpBudget_isRefilled() {
        assertTrue(first.health().tryRetry());
        first.health().reset();
        assertTrue(first.health().tryRetry());
    }
}
