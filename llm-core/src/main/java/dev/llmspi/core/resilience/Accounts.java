package dev.llmspi.core.resilience;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.core.call.AttemptScope;
import dev.llmspi.core.call.JvmTrouble;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The accounts a provider instance works with, told apart by the keys it asks its credentials for: so a cooldown of one key
 * leaves the others alone, and a new key is not blamed for the old one. Labels are salted hashes; no key is kept. Safe for use by
 * many threads.
 */
public final class Accounts {

    private static final int LABEL_BYTES = 4;
    private static final int MANY = 10_000;

    /** Made when the first label is: while nothing fails there is none, and random numbers take a program 10 ms to start. */
    private static final class Salt {
        private static final byte[] BYTES = new byte[16];

        static {
            new SecureRandom().nextBytes(BYTES);
        }
    }

    private final Optional<String> configured;
    private final List<Credential> credentials = new CopyOnWriteArrayList<>();
    /** The labels this instance has come to know. */
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    /** @param configured the label that stands for whatever key is used */
    public Accounts(Optional<String> configured) {
        this.configured = configured;
    }

    /** The credential to use in place of one a provider has read from its block. */
    public Credential watched(Credential credential) {
        credentials.add(credential);
        return new Credential() {
            @Override
            public Secret secret(CallContext context) {
                Secret secret = credential.secret(context);
                if (context instanceof AttemptScope attempt) {
                    attempt.used(secret);
                }
                return secret;
            }

            @Override
            public boolean renew(Secret rejected) {
                return credential.renew(rejected);
            }

            @Override
            public boolean renew(Secret rejected, CallContext context) {
                return credential.renew(rejected, context);
            }

            @Override
            public String toString() {
                return "Credential[***]";
            }
        };
    }

    /** The account of the keys an attempt has used; of the keys as they are now if it is not known to have used any. */
    String usedBy(AttemptScope attempt) {
        return configured.isEmpty() && !attempt.used().isEmpty() ? known(label(attempt.used())) : now(attempt);
    }

    /** The account a call would use now; empty if that is not known. */
    String now(CallContext context) {
        if (configured.isPresent()) {
            return known(configured.get());
        }
        try {
            return known(label(credentials.stream()
                    .map(credential -> credential.secret(context))
                    .toList()));
        } catch (Throwable e) {
            JvmTrouble.rethrow(e);
            return ""; // the attempt will tell
        }
    }

    /** Whether calls of this instance have come across an account. */
    boolean knows(String account) {
        return seen.contains(account);
    }

    private String known(String account) {
        if (seen.size() > MANY) {
            seen.clear(); // one key for each of very many tenants: better a list of cooldowns with gaps than all of
            // them for ever
        }
        seen.add(account);
        return account;
    }

    private static String label(List<Secret> keys) {
        if (keys.isEmpty()) {
            return "";
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(Salt.BYTES);
            for (Secret key : keys) {
                digest.update(key.reveal().getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            StringBuilder label = new StringBuilder("#");
            byte[] hash = digest.digest();
            for (int i = 0; i < LABEL_BYTES; i++) {
                label.append(Character.forDigit(hash[i] >> 4 & 15, 16)).append(Character.forDigit(hash[i] & 15, 16));
            }
            return label.toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
