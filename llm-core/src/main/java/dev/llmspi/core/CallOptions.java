package dev.llmspi.core;

import dev.llmspi.api.Cancellation;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.api.spi.HeaderRules;
import dev.llmspi.core.settings.TimeoutSettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one call wants beyond its request: on whose behalf, where to, how long. All optional. Immutable.
 *
 * <pre>{@code
 * CallOptions options = CallOptions.builder().agent("researcher").timeout(Duration.ofSeconds(30)).build();
 * }</pre>
 */
public final class CallOptions {

    private static final CallOptions NONE = builder().build();

    private final @Nullable String agent;
    private final @Nullable String mode;
    private final @Nullable String chain;
    private final @Nullable String provider;
    private final @Nullable String startWith;
    private final boolean noFallback;
    private final boolean sameModelOnly;
    private final TimeoutSettings timeouts;
    private final @Nullable Cancellation cancellation;
    private final @Nullable String requestId;
    private final Map<String, String> tags;
    private final Map<String, String> headers;
    private final @Nullable LlmListener listener;

    private CallOptions(Builder builder) {
        this.agent = builder.agent;
        this.mode = builder.mode;
        this.chain = builder.chain;
        this.provider = builder.provider;
        this.startWith = builder.startWith;
        this.noFallback = builder.noFallback;
        this.sameModelOnly = builder.sameModelOnly;
        this.timeouts = builder.timeouts;
        this.cancellation = builder.cancellation;
        this.requestId = builder.requestId;
        this.tags = Map.copyOf(builder.tags);
        this.headers = Map.copyOf(builder.headers);
        this.listener = builder.listener;
    }

    /** No wish at all. */
    public static CallOptions none() {
        return NONE;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** These options, and where they say nothing, the other's; tags and headers of both. */
    public CallOptions over(CallOptions wider) {
        if (this == NONE || wider == NONE) {
            return this == NONE ? wider : this;
        }
        Builder both = new Builder();
        both.agent = agent != null ? agent : wider.agent;
        both.mode = mode != null ? mode : wider.mode;
        both.chain = chain != null || provider != null ? chain : wider.chain;
        both.provider = chain != null || provider != null ? provider : wider.provider;
        both.startWith = startWith != null ? startWith : wider.startWith;
        both.noFallback = noFallback || wider.noFallback;
        both.sameModelOnly = sameModelOnly || wider.sameModelOnly;
        both.timeouts = timeouts.over(wider.timeouts);
        both.cancellation = cancellation != null ? cancellation : wider.cancellation;
        both.requestId = requestId != null ? requestId : wider.requestId;
        both.tags.putAll(wider.tags);
        both.tags.putAll(tags);
        both.headers.putAll(wider.headers);
        both.headers.putAll(headers);
        both.listener = listener != null ? listener : wider.listener;
        return both.build();
    }

    /** The agent on whose behalf the call is made: selects its model and settings, and labels events. */
    public Optional<String> agent() {
        return Optional.ofNullable(agent);
    }

    /** The mode: selects model and first provider. */
    public Optional<String> mode() {
        return Optional.ofNullable(mode);
    }

    public Optional<String> chain() {
        return Optional.ofNullable(chain);
    }

    /** The provider that is asked alone, without fallback. */
    public Optional<String> provider() {
        return Optional.ofNullable(provider);
    }

    /** The provider that is asked first. */
    public Optional<String> startWith() {
        return Optional.ofNullable(startWith);
    }

    /** Whether only the first usable link is asked. */
    public boolean noFallback() {
        return noFallback;
    }

    /** Whether only links with the model of the first one are asked. */
    public boolean sameModelOnly() {
        return sameModelOnly;
    }

    /** The clocks set for this call. */
    public TimeoutSettings timeouts() {
        return timeouts;
    }

    public Optional<Cancellation> cancellation() {
        return Optional.ofNullable(cancellation);
    }

    /** The caller's own id for the request. */
    public Optional<String> requestId() {
        return Optional.ofNullable(requestId);
    }

    /** Labels such as tenant or job, handed to providers and events. */
    public Map<String, String> tags() {
        return tags;
    }

    /** Headers added to the requests of this call. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Told of this call, after the client's listeners. */
    public Optional<LlmListener> listener() {
        return Optional.ofNullable(listener);
    }

    /** Does not show header values. */
    @Override
    public String toString() {
        return "CallOptions[agent=" + agent + ", mode=" + mode + ", chain=" + chain + ", provider=" + provider
                + ", tags=" + tags + ", headers=" + headers.keySet() + "]";
    }

    /** Builds {@link CallOptions}; not safe for use by several threads. */
    public static final class Builder {
        private @Nullable String agent;
        private @Nullable String mode;
        private @Nullable String chain;
        private @Nullable String provider;
        private @Nullable String startWith;
        private boolean noFallback;
        private boolean sameModelOnly;
        private TimeoutSettings timeouts = TimeoutSettings.none();
        private @Nullable Cancellation cancellation;
        private @Nullable String requestId;
        private final Map<String, String> tags = new LinkedHashMap<>();
        private final Map<String, String> headers = new LinkedHashMap<>();
        private @Nullable LlmListener listener;

        private Builder() {}

        /** An agent of the configuration, or any label. */
        public Builder agent(String name) {
            this.agent = named("agent", name);
            return this;
        }

        /** A mode of the configuration; another name is refused when the call is made. */
        public Builder mode(String name) {
            this.mode = named("mode", name);
            return this;
        }

        /** A chain of the configuration; not together with {@link #provider}. */
        public Builder chain(String name) {
            this.chain = named("chain", name);
            return this;
        }

        /** This provider alone, without fallback; not together with {@link #chain}. */
        public Builder provider(String name) {
            this.provider = named("provider", name);
            return this;
        }

        /** The provider to be asked first; the rest of the chain follows. */
        public Builder startWith(String name) {
            this.startWith = named("startWith", name);
            return this;
        }

        /** Only the first usable link is asked. */
        public Builder noFallback() {
            this.noFallback = true;
            return this;
        }

        /** Only links with the same model name as the first one are asked; the others are passed over. */
        public Builder sameModelOnly() {
            this.sameModelOnly = true;
            return this;
        }

        /** The total clock: everything, the whole chain. Longer than 0. */
        public Builder timeout(Duration limit) {
            this.timeouts = timeouts.toBuilder().total(limit).build();
            return this;
        }

        /** The clock of one attempt. Longer than 0. */
        public Builder attemptTimeout(Duration limit) {
            this.timeouts = timeouts.toBuilder().attempt(limit).build();
            return this;
        }

        /** Any of the clocks. */
        public Builder timeouts(TimeoutSettings clocks) {
            this.timeouts = clocks.over(timeouts);
            return this;
        }

        /** Ends the call from another thread. */
        public Builder cancellation(Cancellation stop) {
            this.cancellation = Objects.requireNonNull(stop, "stop");
            return this;
        }

        public Builder requestId(String id) {
            this.requestId = named("requestId", id);
            return this;
        }

        /** Adds a label. */
        public Builder tag(String name, String value) {
            tags.put(named("tag", name), Objects.requireNonNull(value, name));
            return this;
        }

        /**
         * Adds a header to the requests of this call. One that the provider sends itself is not replaced.
         *
         * @throws IllegalArgumentException if name or value cannot stand in a header; the message does not show the value
         */
        public Builder header(String name, String value) {
            String problem = HeaderRules.problem(name, value);
            if (problem != null) {
                throw new IllegalArgumentException(problem);
            }
            headers.put(name, value);
            return this;
        }

        public Builder listener(LlmListener observer) {
            this.listener = Objects.requireNonNull(observer, "observer");
            return this;
        }

        /** @throws IllegalArgumentException if both chain and provider are set */
        public CallOptions build() {
            if (chain != null && provider != null) {
                throw new IllegalArgumentException("set chain or provider, not both");
            }
            return new CallOptions(this);
        }

        private static String named(String option, String name) {
            if (name.isBlank() || !name.chars().allMatch(c -> c >= ' ' && c != 127)) {
                throw new IllegalArgumentException(option + " must not be blank nor hold control characters");
            }
            return name;
        }
    }
}
