package dev.llmspi.core.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.core.call.AttemptScope;
import dev.llmspi.core.call.CallScope;
import dev.llmspi.core.call.EndCause;
import dev.llmspi.core.call.Engine;
import dev.llmspi.core.call.Listeners;
import dev.llmspi.core.settings.TimeoutSettings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Accounts told apart by their keys, without a key in their labels. */
class AccountsTest {

    private final Engine engine = new Engine(TimeSource.system(), Listeners.of(List.of()), TimeoutSettings.none());
    private final CallScope call = engine.newScope(CallContext.create(), "test");
    private final Accounts accounts = new Accounts(Optional.empty());

    @AfterEach
    void close() {
        call.close();
        engine.close();
    }

    private AttemptScope attempt() {
        return AttemptScope.begin(
                call, "p", Duration.ofSeconds(60), EndCause.ATTEMPT_CLOCK, Duration.ofSeconds(1), Map.of());
    }

    private static String of(String... keys) {
        Accounts some = new Accounts(Optional.empty());
        for (String key : keys) {
            some.watched(Credential.of(key));
        }
        return some.now(CallContext.create());
    }

    @Test
    void now_label_tellsKeysApartAndShowsNone() {
        assertEquals(of("key-one"), of("key-one"));
        assertTrue(of("key-one").matches("#[0-9a-f]{8}"), of("key-one"));
        assertNotEquals(of("key-one"), of("key-two"));
        assertNotEquals(of("ab", "c"), of("a", "bc"));
        assertEquals("", of());
    }

    /** Who sees a label in a log must not be able to try out keys on it. */
    @Test
    void now_label_isNotTheHashOfTheKeyAlone() throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest("key-one\0".getBytes(StandardCharsets.UTF_8));
        assertNotEquals("#" + HexFormat.of().formatHex(hash, 0, 4), of("key-one"));
    }

    @Test
    void now_manyKeys_haveManyLabels() {
        long labels = IntStream.range(0, 2_000)
                .mapToObj(i -> of("key-" + i))
                .distinct()
                .count();
        assertTrue(labels >= 1_999, labels + " labels for 2000 keys");
    }

    @Test
    void usedBy_attempt_isTheAccountOfTheKeysItWasGiven() {
        List<Secret> keys = new ArrayList<>(List.of(Secret.of("old")));
        Credential watched = accounts.watched(context -> keys.get(0));
        try (AttemptScope attempt = attempt()) {
            assertEquals(of("old"), accounts.usedBy(attempt), "none given yet: as the keys are now");
            assertEquals("old", watched.secret(attempt).reveal());
            keys.set(0, Secret.of("new"));
            assertEquals(of("old"), accounts.usedBy(attempt));
            assertEquals(of("new"), accounts.now(call));
            assertTrue(accounts.knows(of("old")) && accounts.knows(of("new")));
            assertFalse(accounts.knows(of("another")));
        }
    }

    @Test
    void secret_outsideOfAnAttempt_isGivenAllTheSame() {
        assertEquals(
                "k",
                accounts.watched(Credential.of("k"))
                        .secret(CallContext.create())
                        .reveal());
    }

    @Test
    void configuredAccount_standsForWhateverKeyIsUsed() {
        Accounts named = new Accounts(Optional.of("team"));
        Credential watched = named.watched(Credential.of("k"));
        try (AttemptScope attempt = attempt()) {
            watched.secret(attempt);
            assertEquals("team", named.usedBy(attempt));
            assertTrue(named.knows("team"));
        }
    }

    @Test
    void now_credentialFails_isNotKnown() {
        accounts.watched(context -> {
            throw new IllegalStateException("no key today");
        });
        assertEquals("", accounts.now(call));
    }

    @Test
    void now_credentialOutOfMemory_comesOut() {
        accounts.watched(context -> {
            throw new OutOfMemoryError("test");
        });
        assertThrows(OutOfMemoryError.class, () -> accounts.now(call));
    }

    @Test
    void watchedCredential_passesRenewalsOnAndShowsNothing() {
        List<String> renewed = new ArrayList<>();
        Credential watched = accounts.watched(new Credential() {
            @Override
            public Secret secret(CallContext context) {
                return Secret.of("k");
            }

            @Override
            public boolean renew(Secret rejected) {
                return renewed.add(rejected.reveal()) && !rejected.reveal().equals("kept");
            }
        });
        assertTrue(watched.renew(Secret.of("one")));
        assertTrue(watched.renew(Secret.of("two"), call));
        assertFalse(watched.renew(Secret.of("kept")));
        assertFalse(watched.renew(Secret.of("kept"), call));
        assertEquals(List.of("one", "two", "kept", "kept"), renewed);
        assertEquals("Credential[***]", watched.toString());
    }

    @Test
    void manyAccounts_doNotFillTheMemory() {
        Accounts tenants = new Accounts(Optional.empty());
        int[] tenant = new int[1];
        Credential unused = tenants.watched(context -> Secret.of("tenant-" + tenant[0]));
        String first = tenants.now(call);
        for (tenant[0] = 1; tenant[0] < 10_100; tenant[0]++) {
            tenants.now(call);
        }
        assertFalse(tenants.knows(first));
        tenant[0] = 10_099;
        assertTrue(tenants.knows(tenants.now(call)));
    }
}
