package dev.llmspi.core.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.CooldownChanged;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that errors with status 403 and no known cause begin an account cooldown only after several in a row. */
class ForbiddenTest {

    private static final CallContext CALL = CallContext.create();
    private static final LlmException FORBIDDEN = LlmException.builder(ErrorKind.AUTHENTICATION)
            .message("no")
            .reason(ErrorReason.FORBIDDEN)
            .build();
    private static final LlmException REJECTED =
            LlmException.builder(ErrorKind.AUTHENTICATION).message("no").build();

    private final ManualTimeSource time = ManualTimeSource.create();
    private final RecordingListener listener = RecordingListener.create();
    private final HealthRegistry registry = new HealthRegistry(time, listener::cooldownChanged);
    private final ProviderHealth provider = instance("p", "");
    /** A provider in another block with the same account. */
    private final ProviderHealth twin = instance("twin", "");

    private ProviderHealth instance(String name, String more) {
        return new ProviderHealth(
                LlmSettings.builder()
                        .text("llm.providers." + name + " { type = t, " + more + " }", "test")
                        .build()
                        .providers()
                        .get(name),
                new AccountKeys(Optional.of("team"), (context, used) -> {}, context -> null),
                () -> Optional.of(URI.create("https://one.example")),
                registry);
    }

    private void fail(ProviderHealth at, LlmException error, String account) {
        try (Permit permit = at.acquire(CALL, "m")) {
            permit.failed(error, time.nanoTime(), true, () -> account);
        }
    }

    private void forbidden(int times) {
        for (int i = 0; i < times; i++) {
            fail(provider, FORBIDDEN, "team");
        }
    }

    private void answer(String account) {
        try (Permit permit = provider.acquire(CALL, "m")) {
            permit.succeeded(time.nanoTime(), () -> account);
        }
    }

    private static boolean allows(ProviderHealth at) {
        try (Permit permit = at.tryAcquire(CALL, "m")) {
            return permit != null;
        }
    }

    @Test
    void failed_threeForbiddenInARow_beginACooldownOfTheAccount() {
        forbidden(2);
        assertTrue(allows(provider));
        assertEquals(List.of(), provider.cooldowns());
        assertEquals(List.of(), listener.events(CooldownChanged.class));
        forbidden(1);
        assertFalse(allows(provider));
        assertFalse(allows(twin));
        assertEquals(
                Duration.ofSeconds(60).toNanos(),
                provider.cooldown(CALL, "m").orElseThrow().untilNanos() - time.nanoTime());
        assertEquals(1, listener.events(CooldownChanged.class).size());
    }

    @Test
    void failed_keyIsRejected_beginsACooldownAtOnce() {
        fail(provider, REJECTED, "team");
        assertFalse(allows(provider));
    }

    @Test
    void succeeded_sameAccount_restartsTheCount() {
        for (int i = 0; i < 3; i++) {
            forbidden(2);
            assertFalse(registry.isEmpty());
            answer("team");
            assertTrue(registry.isEmpty(), "the registry keeps a breaker without a count");
        }
        assertEquals(List.of(), listener.events(CooldownChanged.class));
    }

    @Test
    void succeeded_anotherAccount_doesNotRestartTheCount() {
        forbidden(2);
        answer("other");
        forbidden(1);
        assertFalse(allows(provider));
    }

    @ParameterizedTest
    @EnumSource(names = {"SERVICE", "INVALID_REQUEST", "TIMEOUT"})
    void failed_otherErrorInBetween_doesNotRestartTheCount(ErrorKind kind) {
        forbidden(2);
        fail(provider, LlmException.builder(kind).message("failed").status(500).build(), "team");
        assertTrue(allows(provider));
        forbidden(1);
        assertFalse(allows(provider));
    }

    @Test
    void failed_twoAccounts_areCountedSeparately() {
        forbidden(2);
        fail(provider, FORBIDDEN, "other");
        fail(provider, FORBIDDEN, "other");
        assertTrue(allows(provider));
        forbidden(1);
        assertFalse(allows(provider));
        assertEquals(1, listener.events(CooldownChanged.class).size());
    }

    @Test
    void failed_trialIsForbidden_beginsTheCooldownAgainUntilATrialSucceeds() {
        forbidden(3);
        time.advance(Duration.ofSeconds(60));
        try (Permit trial = provider.tryAcquire(CALL, "m")) {
            assertFalse(allows(provider), "only one trial at a time");
            trial.failed(FORBIDDEN, time.nanoTime(), true, () -> "team");
        }
        assertFalse(allows(provider));
        time.advance(Duration.ofSeconds(60));
        answer("team");
        assertTrue(registry.isEmpty());
        forbidden(2);
        assertTrue(allows(provider), "the count starts over");
    }

    @Test
    void succeeded_attemptFromBeforeTheCooldown_doesNotEndIt() {
        long before = time.nanoTime();
        Permit slow = provider.acquire(CALL, "m");
        time.advance(Duration.ofSeconds(1));
        forbidden(3);
        slow.succeeded(before, () -> "team");
        slow.close();
        time.advance(Duration.ofSeconds(60));
        forbidden(1);
        assertFalse(allows(provider));
    }

    @Test
    void reset_twoForbidden_restartsTheCount() {
        forbidden(2);
        assertTrue(allows(provider), "the account is looked up, so that the reset finds it");
        provider.reset();
        assertTrue(registry.isEmpty());
        forbidden(2);
        assertTrue(allows(provider));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cooldown.authentication = 0s", "cooldown.max = 0s"})
    void failed_cooldownsAreOff_countsNothing(String setting) {
        ProviderHealth off = instance("off", setting);
        for (int i = 0; i < 5; i++) {
            fail(off, FORBIDDEN, "team");
        }
        assertTrue(allows(off));
        assertTrue(registry.isEmpty());
    }
}
