package dev.llmspi.core;

import dev.llmspi.api.Cancellation;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.api.spi.HeaderRules;
import dev.llmspi.core.routing.RoutingCriteria;
import dev.llmspi.core.settings.TimeoutSettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The options of one call, such as its agent, chain and timeouts. All options are optional. Immutable.
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

    /** Returns options in which no option is set. */
    public static CallOptions none() {
        return NONE;
    }

    /** Returns a builder in which no option is set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns these options, with missing ones taken from the argument. Tags and headers are merged. */
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

    RoutingCriteria criteria() {
        return new RoutingCriteria(
                agent(), mode(), chain(), provider(), startWith(), noFallback, sameModelOnly, timeouts);
    }

    /** The agent on whose behalf the call is made. It selects the model and settings, and it labels events. */
    public Optional<String> agent() {
        return Optional.ofNullable(agent);
    }

    /** The mode, which selects the model and the first provider. */
    public Optional<String> mode() {
        return Optional.ofNullable(mode);
    }

    /** The chain to use. */
    public Optional<String> chain() {
        return Optional.ofNullable(chain);
    }

    /** The only provider to use, without fallback. */
    public Optional<String> provider() {
        return Optional.ofNullable(provider);
    }

    /** The provider to use first. */
    public Optional<String> startWith() {
        return Optional.ofNullable(startWith);
    }

    /** Whether the call uses only the first usable link. */
    public boolean noFallback() {
        return noFallback;
    }

    /** Whether the call uses only links with the same model as the first link. */
    public boolean sameModelOnly() {
        return sameModelOnly;
    }

    /** The timeouts of this call. */
    public TimeoutSettings timeouts() {
        return timeouts;
    }

    /** The cancellation that can end the call. */
    public Optional<Cancellation> cancellation() {
        return Optional.ofNullable(cancellation);
    }

    /** The caller's own request ID. */
    public Optional<String> requestId() {
        return Optional.ofNullable(requestId);
    }

    /** Labels such as tenant or job, which are passed to providers and events. */
    public Map<String, String> tags() {
        return tags;
    }

    /** The headers to add to the requests of this call. */
    public Map<String, String> headers() {
        return headers;
    }

    /** The listener that receives the events of this call, after the client's own listeners have received them. */
    public Optional<LlmListener> listener() {
        return Optional.ofNullable(listener);
    }

    /** Returns a description without the header values, which may be secret. */
    @Override
    public String toString() {
        return "CallOptions[agent=" + agent + ", mode=" + mode + ", chain=" + chain + ", provider=" + provider
                + ", tags=" + tags + ", headers=" + headers.keySet() + "]";
    }

    /** Builds {@link CallOptions}. Not thread-safe. */
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

        /** Sets the agent, which may be a configured agent or any other label. */
        public Builder agent(String name) {
            this.agent = named("agent", name);
            return this;
        }

        /** Selects a mode. The call fails if no such mode is configured. */
        public Builder mode(String name) {
            this.mode = named("mode", name);
            return this;
        }

        /** Selects a configured chain. Cannot be combined with {@link #provider}. */
        public Builder chain(String name) {
            this.chain = named("chain", name);
            return this;
        }

        /** Sets the only provider to use, without fallback. Cannot be combined with {@link #chain}. */
        public Builder provider(String name) {
            this.provider = named("provider", name);
            return this;
        }

        /** Moves a provider to the front of the chain. */
        public Builder startWith(String name) {
            this.startWith = named("startWith", name);
            return this;
        }

        /** Uses only the first usable link. */
        public Builder noFallback() {
            this.noFallback = true;
            return this;
        }

        /** Skips links whose model name differs from that of the first link. */
        public Builder sameModelOnly() {
            this.sameModelOnly = true;
            return this;
        }

        /** Sets the timeout of the whole call, including all attempts, waits and providers. Must be longer than 0. */
        public Builder timeout(Duration limit) {
            this.timeouts = timeouts.toBuilder().total(limit).build();
            return this;
        }

        /** Sets the timeout of one attempt. Must be longer than 0. */
        public Builder attemptTimeout(Duration limit) {
            this.timeouts = timeouts.toBuilder().attempt(limit).build();
            return this;
        }

        /** Copies all timeouts that are set in the argument. The other timeouts stay unchanged. */
        public Builder timeouts(TimeoutSettings limits) {
            this.timeouts = limits.over(timeouts);
            return this;
        }

        /** Sets a cancellation, which allows another thread to end the call. */
        public Builder cancellation(Cancellation stop) {
            this.cancellation = Objects.requireNonNull(stop, "stop");
            return this;
        }

        /** Sets the caller's own request ID. */
        public Builder requestId(String id) {
            this.requestId = named("requestId", id);
            return this;
        }

        /** Adds a label of at most 32,768 characters, which is passed to providers and events. */
        public Builder tag(String name, String value) {
            tags.put(named("tag", name), HeaderRules.bounded("tag", value, HeaderRules.LONGEST));
            return this;
        }

        /**
         * Adds a header to the requests of this call. It does not replace a header that the provider sets itself.
         *
         * @throws IllegalArgumentException if the name or value is not allowed; the message does not contain the value
         */
        public Builder header(String name, String value) {
            String problem = HeaderRules.problem(name, value);
            if (problem != null) {
                throw new IllegalArgumentException(problem);
            }
            headers.put(name, value);
            return this;
        }

        /** Sets a listener for the events of this call. */
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
                throw new IllegalArgumentException(option + " must not be blank or contain control characters");
            }
            return HeaderRules.bounded(option, name, HeaderRules.LONGEST_NAME);
        }
    }
}
