package dev.llmspi.core.health;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.core.runtime.FatalErrors;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Labels the accounts of a provider by the API keys that it uses. A cooldown applies only to the account with the
 * failed key, so it does not affect the other keys or a new key. The labels are salted hashes, and no key is stored.
 * Safe for use by many threads.
 */
public final class AccountKeys {

    private static final int LABEL_BYTES = 4;
    private static final int MANY = 10_000;

    /**
     * Holds the salt in a class of its own, so that it is created only for the first label. Creating the first random
     * number at startup would take 10 ms.
     */
    private static final class Salt {
        private static final byte[] BYTES = new byte[16];

        static {
            new SecureRandom().nextBytes(BYTES);
        }
    }

    private final Optional<String> configured;
    private final BiConsumer<CallContext, Secret> onUse;
    private final Function<CallContext, @Nullable KeysAhead> ahead;
    private final List<Credential> credentials = new CopyOnWriteArrayList<>();
    /** The accounts that calls to this provider have used. */
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    /**
     * @param configured the configured label for all keys, if any
     * @param onUse receives each key that the provider obtains, with the context of the call
     * @param ahead returns the answers that key sources gave to a call before its attempt; null if the context belongs
     *     to no call of this client
     */
    public AccountKeys(
            Optional<String> configured,
            BiConsumer<CallContext, Secret> onUse,
            Function<CallContext, @Nullable KeysAhead> ahead) {
        this.configured = configured;
        this.onUse = onUse;
        this.ahead = ahead;
    }

    /** Wraps a credential from the provider's block, so that core sees every key it returns. */
    public Credential watched(Credential credential) {
        credentials.add(credential);
        return new Credential() {
            @Override
            public Secret secret(CallContext context) {
                KeysAhead asked = ahead.apply(context);
                Secret secret = asked == null ? credential.secret(context) : asked.take(credential, context);
                onUse.accept(context, Objects.requireNonNull(secret, "the credential returned null"));
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
            public Optional<Secret> known() {
                return credential.known();
            }

            @Override
            public String toString() {
                return "Credential[***]";
            }
        };
    }

    /** Returns the account of the used keys or, if the list is empty, the account that {@link #known} returns. */
    public String of(List<Secret> used) {
        return configured.isEmpty() && !used.isEmpty() ? seen(label(used)) : known();
    }

    /**
     * Returns the account that a call would use now, or an empty string if it is unknown. Asks the sources of the keys,
     * and keeps their answers for the next attempt of the call.
     */
    public String now(CallContext context) {
        if (configured.isPresent()) {
            return seen(configured.get());
        }
        KeysAhead asked = ahead.apply(context);
        return label(credential -> asked == null ? credential.secret(context) : asked.ask(credential, context));
    }

    /** Returns the account of the keys that are known without asking a source, or an empty string if one is unknown. */
    public String known() {
        return configured.isPresent()
                ? seen(configured.get())
                : label(credential -> credential.known().orElse(null));
    }

    private String label(Function<Credential, @Nullable Secret> question) {
        try {
            List<Secret> keys = new ArrayList<>(credentials.size());
            for (Credential credential : credentials) {
                keys.add(Objects.requireNonNull(question.apply(credential)));
            }
            return seen(label(keys));
        } catch (Throwable e) {
            FatalErrors.rethrow(e);
            return ""; // the attempt will report this error
        }
    }

    /** Whether calls to this provider have used the given account. */
    public boolean knows(String account) {
        return seen.contains(account);
    }

    private String seen(String account) {
        if (seen.size() > MANY) {
            // If each of many tenants has its own key, an incomplete list of cooldowns is better than a memory leak.
            seen.clear();
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
