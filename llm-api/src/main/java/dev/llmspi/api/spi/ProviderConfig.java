package dev.llmspi.api.spi;

import dev.llmspi.api.TimeSource;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The configuration block of one provider instance, which the provider's factory reads. Besides typed read methods, it
 * offers {@link #fault} to report invalid values and {@link #unusable} to report missing ones. It does not contain the
 * keys that llm-core reads itself, such as type, default-model, timeouts and retry.
 */
public final class ProviderConfig extends ConfigBlock {

    /** The keys of a block that llm-core reads itself. They are not in this block, but hints may name them. */
    private static final List<String> READ_BY_CLIENT = List.of(
            "type",
            "default-model",
            "account",
            "timeouts",
            "retry",
            "fallback",
            "cooldown",
            "limits",
            "agents",
            "modes");

    private final String name;
    private final TimeSource timeSource;
    private final UnaryOperator<Credential> credentials;
    private @Nullable String unusable;

    /** Creates a block that returns credentials unchanged. */
    public ProviderConfig(
            String name,
            String path,
            Map<String, ?> values,
            UnaryOperator<String> origins,
            List<ConfigFault> faults,
            TimeSource timeSource) {
        this(name, path, values, origins, faults, timeSource, UnaryOperator.identity());
    }

    /**
     * Creates a block.
     *
     * @param credentials replaces each credential that is read; the client uses this to find out which key an attempt
     *     uses, so that a cooldown of one key does not affect other keys
     */
    public ProviderConfig(
            String name,
            String path,
            Map<String, ?> values,
            UnaryOperator<String> origins,
            List<ConfigFault> faults,
            TimeSource timeSource,
            UnaryOperator<Credential> credentials) {
        super(path, values, origins, faults);
        this.name = Objects.requireNonNull(name, "name");
        this.timeSource = Objects.requireNonNull(timeSource, "timeSource");
        this.credentials = Objects.requireNonNull(credentials, "credentials");
        READ_BY_CLIENT.forEach(this::ignore);
    }

    /** Returns a block with the given values, for provider tests and for use without a client. */
    public static ProviderConfig of(String name, Map<String, ?> values) {
        return new ProviderConfig(
                name, "llm.providers." + name, values, path -> "", new ArrayList<>(), TimeSource.system());
    }

    /** Returns the name of the provider instance, which is the name of its configuration block. */
    public String name() {
        return name;
    }

    /** Returns the time source to use for all time-dependent behaviour. */
    public TimeSource timeSource() {
        return timeSource;
    }

    /** Reads a credential like {@link ConfigBlock#credential}. An API key in quotation marks is a fault. */
    @Override
    public Optional<Credential> credential(String key) {
        if (as(key, String.class).filter(CredentialSetting::isQuoted).isPresent()) {
            fault(
                    key,
                    "begins or ends with a quotation mark that is part of the key; remove the quotes around the key "
                            + "(docker --env-file does not remove them)");
        }
        return super.credential(key).map(credentials);
    }

    /**
     * Reads a base URL, which must be an absolute https URL without user info, query or fragment. Plain http is allowed
     * for this machine, but for other machines only with {@code allow-insecure = true}. The result has no trailing
     * slash.
     */
    public URI uri(String key, URI fallback) {
        return uri(key, fallback, false);
    }

    /**
     * Reads a base URL like {@link #uri}, which may also have a query, such as {@code ?api-version=2024-10-21}. The
     * caller adds the query to the URL of each request. A parameter for a key is refused.
     */
    public URI uriWithQuery(String key, URI fallback) {
        return uri(key, fallback, true);
    }

    private URI uri(String key, URI fallback, boolean queryAllowed) {
        boolean allowInsecure = bool("allow-insecure", false);
        Optional<String> text = string(key);
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            URI uri = BaseUrl.parse(text.get());
            String problem = BaseUrl.problem(uri, allowInsecure, queryAllowed);
            if (problem == null) {
                return uri;
            }
            fault(key, problem);
        } catch (IllegalArgumentException e) {
            fault(key, "is not a URL; write it as https://host/path");
        }
        return fallback;
    }

    /**
     * Reads HTTP headers. Names must be tokens, and values must be printable ASCII. Faults contain the header's name
     * but never its value.
     */
    public Map<String, String> headers(String key) {
        Map<String, String> headers = map(key);
        headers.forEach((header, value) -> {
            String problem = HeaderRules.problem(header, value);
            if (problem != null) {
                fault(key, problem);
            }
        });
        return headers;
    }

    /**
     * Reports that the block is valid but the provider cannot be used yet, for example because an API key is missing.
     * The client leaves the provider out of all chains and reports it once. Only the first report counts.
     *
     * @param why a text that states what is missing and what to set
     */
    public void unusable(String why) {
        if (unusable == null) {
            unusable = Objects.requireNonNull(why, "why");
        }
    }

    /** Returns why the provider cannot be used, or empty if it can. */
    public Optional<String> unusableReason() {
        return Optional.ofNullable(unusable);
    }
}
