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
 * The configuration block of one provider instance, as its factory reads it: typed reads, {@link #fault} for what is wrong,
 * {@link #unusable} for what is missing. llm-core has taken out what it reads itself: type, retry, fallback, timeouts, agents,
 * modes, default-model.
 */
public final class ProviderConfig extends ConfigBlock {

    private final String name;
    private final TimeSource timeSource;
    private final UnaryOperator<Credential> credentials;
    private @Nullable String unusable;

    /** A block whose credentials are used as they are. */
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
     * @param credentials gives the credential to use in place of each one that is read here: so core sees which key an attempt
     *     uses, and a cooldown of one key leaves the others alone
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
    }

    /** A block of the given values, for tests of a provider and for use without a client. */
    public static ProviderConfig of(String name, Map<String, ?> values) {
        return new ProviderConfig(
                name, "llm.providers." + name, values, path -> "", new ArrayList<>(), TimeSource.system());
    }

    /** The name of the instance: the name of its block. */
    public String name() {
        return name;
    }

    /** The clock, to be used wherever the time matters. */
    public TimeSource timeSource() {
        return timeSource;
    }

    @Override
    public Optional<Credential> credential(String key) {
        return super.credential(key).map(credentials);
    }

    /**
     * The base URL: absolute, https (or http to this machine; elsewhere only with {@code allow-insecure = true}), without user
     * info, query and fragment. The result has no slash at its end.
     */
    public URI uri(String key, URI fallback) {
        boolean allowInsecure = bool("allow-insecure", false);
        Optional<String> text = string(key);
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            URI uri = URI.create(text.get().strip().replaceAll("/+$", ""));
            String problem = BaseUrl.problem(uri, allowInsecure);
            if (problem == null) {
                return uri;
            }
            fault(key, problem);
        } catch (IllegalArgumentException e) {
            fault(key, "is no URL; write it as https://host/path");
        }
        return fallback;
    }

    /** Headers: names are tokens, values printable ASCII. Faults name the header and never show its value. */
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
     * Reports that the block is in order but the provider cannot be used yet, for want of a key for example. It is then left
     * out of the chains and reported once. The first report counts.
     *
     * @param why what is missing and what to set
     */
    public void unusable(String why) {
        if (unusable == null) {
            unusable = Objects.requireNonNull(why, "why");
        }
    }

    /** Why the provider cannot be used; empty if it can. */
    public Optional<String> unusableReason() {
        return Optional.ofNullable(unusable);
    }
}
