package dev.llmspi.openai.wire;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.CredentialException;
import dev.llmspi.api.spi.HeaderRules;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.openai.wire.http.RequestHead;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Builds the heads of requests that accept the same media type. A head contains the API keys and the headers from the
 * dialect, the configuration and the call. Thread-safe.
 */
final class RequestHeaders {

    /**
     * A request head and the keys that it contains.
     *
     * @param head the address and all headers
     * @param keys the keys that were sent, in the order of the provider's {@link WireKey}s
     * @param userValues the header values that come from the call or the configuration
     * @param userSecrets the secrets among {@code userValues}, recognised by the names of their headers
     */
    record SignedHead(RequestHead head, List<Secret> keys, Collection<String> userValues, List<Secret> userSecrets) {

        /** Shows neither keys nor header values. */
        @Override
        public String toString() {
            return "SignedHead[" + head + "]";
        }
    }

    /** A request head and the values from which it was built. */
    private record CachedHead(
            URI address, Map<String, String> callHeaders, Map<String, String> dialectHeaders, SignedHead signed) {

        boolean isFor(URI uri, Map<String, String> call, Map<String, String> dialect, List<Secret> keys) {
            return address.equals(uri)
                    && callHeaders.equals(call)
                    && dialectHeaders.equals(dialect)
                    && signed.keys.equals(keys);
        }

        /** Shows neither keys nor header values. */
        @Override
        public String toString() {
            return "CachedHead[" + signed + "]";
        }
    }

    private static final Pattern SECRET = Pattern.compile(
            "(?i)(^|[-_.])(api-?key|key|token|secret|auth|authorization|password|cookie|credentials?)($|[-_.])");

    private final String accept;
    private final Map<String, String> block;
    private final List<WireKey> keys;
    private final OpenAiDialect dialect;
    /** The head that was built last. It is cached because consecutive calls usually need the same head. */
    private volatile @Nullable CachedHead latest;

    /**
     * @param accept the media type in which the answer is requested
     * @param block the headers from the configuration block
     */
    RequestHeaders(String accept, Map<String, String> block, List<WireKey> keys, OpenAiDialect dialect) {
        this.accept = accept;
        this.block = block;
        this.keys = keys;
        this.dialect = dialect;
    }

    /**
     * Returns the head for a request.
     *
     * @throws LlmException if a key is missing or a header is invalid
     */
    SignedHead sign(URI address, WireCall call) {
        List<Secret> secrets = secrets(call);
        Map<String, String> callHeaders = call.context().headers();
        Map<String, String> dialectHeaders = dialect.headers(call.context());
        CachedHead cached = latest;
        if (cached == null || !cached.isFor(address, callHeaders, dialectHeaders, secrets)) {
            // The copies keep the order, because the later one of two names that differ only in case wins.
            Map<String, String> ofCall = new LinkedHashMap<>(callHeaders);
            Map<String, String> ofDialect = new LinkedHashMap<>(dialectHeaders);
            SignedHead signed = build(address, ofCall, ofDialect, List.copyOf(secrets), call);
            latest = cached = new CachedHead(address, ofCall, ofDialect, signed);
        }
        return cached.signed;
    }

    /**
     * Builds a head. If several sources set the same header, the keys take precedence, then the dialect's headers, then
     * the headers from the configuration, then those from the call.
     */
    private SignedHead build(
            URI address,
            Map<String, String> callHeaders,
            Map<String, String> dialectHeaders,
            List<Secret> secrets,
            WireCall call) {
        Map<String, String> users = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        put(users, callHeaders, problem -> call.unsent(ErrorKind.INVALID_REQUEST, null, problem));
        put(users, block, problem -> call.unsentHere(null, problem));
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("Accept", accept);
        headers.put("User-Agent", "llmspi");
        headers.putAll(users);
        put(headers, dialectHeaders, problem -> call.unsentHere(null, problem));
        for (int i = 0; i < keys.size(); i++) {
            WireKey key = keys.get(i);
            headers.put(key.header(), key.prefix() + secrets.get(i).reveal());
        }
        return new SignedHead(
                new RequestHead(address, headers), secrets, List.copyOf(users.values()), secretsAmong(users));
    }

    private static void put(
            Map<String, String> headers, Map<String, String> more, Function<String, LlmException> error) {
        for (Map.Entry<String, String> header : more.entrySet()) {
            if (ReservedHeaders.contains(header.getKey())) {
                continue;
            }
            String problem = HeaderRules.problem(header.getKey(), header.getValue());
            if (problem != null) {
                throw error.apply(problem);
            }
            headers.put(header.getKey(), header.getValue());
        }
    }

    private static List<Secret> secretsAmong(Map<String, String> headers) {
        List<Secret> secrets = new ArrayList<>(0);
        headers.forEach((name, value) -> {
            if (SECRET.matcher(name).find()) {
                try {
                    secrets.add(Secret.of(value.substring(value.strip().lastIndexOf(' ') + 1))); // without "Bearer"
                } catch (IllegalArgumentException e) {
                    // The value cannot be a secret, because no key contains blanks or non-ASCII characters.
                }
            }
        });
        return List.copyOf(secrets);
    }

    private List<Secret> secrets(WireCall call) {
        if (keys.size() == 1) {
            return List.of(secret(keys.get(0).credential(), call)); // the usual case needs no array
        }
        List<Secret> secrets = new ArrayList<>(keys.size());
        for (WireKey key : keys) {
            secrets.add(secret(key.credential(), call));
        }
        return secrets;
    }

    private static Secret secret(Credential credential, WireCall call) {
        try {
            return Objects.requireNonNull(credential.secret(call.context()), "the credential returned null");
        } catch (RuntimeException e) {
            // The message of another exception is not shown, because it may contain the key.
            String problem = e instanceof CredentialException
                    ? ": " + e.getMessage()
                    : " (" + e.getClass().getSimpleName() + "); check where the key comes from";
            throw call.error(ErrorKind.AUTHENTICATION, ErrorReason.MISSING_CREDENTIAL)
                    .requestSent(false)
                    .cause(e)
                    .message(call.says("could not obtain its API key" + problem))
                    .build();
        }
    }

    /**
     * Asks the credentials for new keys after the server has rejected the current ones. Returns whether there is a new
     * key.
     */
    boolean renew(List<Secret> rejected, WireCall call) {
        boolean renewed = false;
        for (int i = 0; i < keys.size(); i++) {
            try {
                renewed |= keys.get(i).credential().renew(rejected.get(i), call.context());
            } catch (RuntimeException e) {
                // There is no new key, so the caller gets the server's 401 error.
            }
        }
        return renewed;
    }
}
