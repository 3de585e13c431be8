package dev.llmspi.core.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests that each key has its own account and that the label of an account does not reveal the key. */
class AccountKeysTest {

    private static final CallContext CALL = CallContext.create();

    private final List<Secret> used = new ArrayList<>();
    private final AccountKeys accounts = accounts(Optional.empty());

    private AccountKeys accounts(Optional<String> label) {
        return new AccountKeys(label, (context, key) -> used.add(key), context -> null);
    }

    private static String of(String... keys) {
        AccountKeys some = new AccountKeys(Optional.empty(), (context, key) -> {}, context -> null);
        for (String key : keys) {
            some.watched(Credential.of(key));
        }
        return some.now(CallContext.create());
    }

    @Test
    void now_differentKeys_haveDifferentLabelsWithoutTheKey() {
        assertEquals(of("key-one"), of("key-one"));
        assertTrue(of("key-one").matches("#[0-9a-f]{8}"), of("key-one"));
        assertNotEquals(of("key-one"), of("key-two"));
        assertNotEquals(of("ab", "c"), of("a", "bc"));
        assertEquals("", of());
    }

    /** A reader of the log must not be able to test guessed keys against a label. */
    @Test
    void now_label_isSalted() throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest("key-one\0".getBytes(StandardCharsets.UTF_8));
        assertNotEquals("#" + HexFormat.of().formatHex(hash, 0, 4), of("key-one"));
    }

    @Test
    void now_manyKeys_haveDistinctLabels() {
        long labels = IntStream.range(0, 2_000)
                .mapToObj(i -> of("key-" + i))
                .distinct()
                .count();
        assertTrue(labels >= 1_999, labels + " labels for 2000 keys");
    }

    @Test
    void of_keyHasChangedSince_isTheAccountOfTheUsedKey() {
        List<Secret> keys = new ArrayList<>(List.of(Secret.of("old")));
        Credential watched = accounts.watched(context -> keys.get(0));
        assertEquals("", accounts.of(used), "no key was used yet, and the source is not asked");
        assertEquals("old", watched.secret(CALL).reveal());
        keys.set(0, Secret.of("new"));
        assertEquals(of("old"), accounts.of(used));
        assertEquals(of("new"), accounts.now(CALL));
        assertTrue(accounts.knows(of("old")) && accounts.knows(of("new")));
        assertFalse(accounts.knows(of("another")));
    }

    @Test
    void of_configuredLabel_appliesToEveryKey() {
        AccountKeys named = accounts(Optional.of("team"));
        Credential watched = named.watched(Credential.of("k"));
        watched.secret(CALL);
        assertEquals(1, used.size());
        assertEquals("team", named.of(used));
        assertTrue(named.knows("team"));
    }

    @Test
    void now_credentialThrows_isEmpty() {
        accounts.watched(context -> {
            throw new IllegalStateException("no key today");
        });
        assertEquals("", accounts.now(CALL));
    }

    @Test
    void now_credentialOutOfMemory_isRethrown() {
        accounts.watched(context -> {
            throw new OutOfMemoryError("test");
        });
        assertThrows(OutOfMemoryError.class, () -> accounts.now(CALL));
    }

    @Test
    void watched_credential_delegatesRenewalsAndHidesItself() {
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
        assertTrue(watched.renew(Secret.of("two"), CALL));
        assertFalse(watched.renew(Secret.of("kept")));
        assertFalse(watched.renew(Secret.of("kept"), CALL));
        assertEquals(List.of("one", "two", "kept", "kept"), renewed);
        assertEquals("Credential[***]", watched.toString());
    }

    @Test
    void now_veryManyAccounts_forgetsOldOnes() {
        AccountKeys tenants = accounts(Optional.empty());
        int[] tenant = new int[1];
        Credential unused = tenants.watched(context -> Secret.of("tenant-" + tenant[0]));
        String first = tenants.now(CALL);
        for (tenant[0] = 1; tenant[0] < 10_100; tenant[0]++) {
            tenants.now(CALL);
        }
        assertFalse(tenants.knows(first));
        tenant[0] = 10_099;
        assertTrue(tenants.knows(tenants.now(CALL)));
    }
}
