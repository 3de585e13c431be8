package dev.llmspi.api;

import java.math.BigDecimal;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model that a provider offers. Values that the provider does not report are empty. Prices are per token. Instances
 * are immutable.
 */
public final class ModelInfo {

    private final String id;
    private final String name;
    private final int contextLength;
    private final int maxOutputTokens;
    private final @Nullable BigDecimal inputPrice;
    private final @Nullable BigDecimal outputPrice;
    private final Set<Capability> capabilities;

    private ModelInfo(Builder builder) {
        this.id = builder.id;
        this.name = builder.name;
        this.contextLength = builder.contextLength;
        this.maxOutputTokens = builder.maxOutputTokens;
        this.inputPrice = builder.inputPrice;
        this.outputPrice = builder.outputPrice;
        this.capabilities = Set.copyOf(builder.capabilities);
    }

    public static Builder builder(String id) {
        return new Builder(id);
    }

    /** Returns the model name to use in requests. */
    public String id() {
        return id;
    }

    /** Returns the display name, or the ID if there is none. */
    public String name() {
        return name;
    }

    /** Returns the maximum number of input and output tokens together, or empty if it is unknown. */
    public OptionalInt contextLength() {
        return contextLength == 0 ? OptionalInt.empty() : OptionalInt.of(contextLength);
    }

    /** Returns the maximum number of output tokens, or empty if it is unknown. */
    public OptionalInt maxOutputTokens() {
        return maxOutputTokens == 0 ? OptionalInt.empty() : OptionalInt.of(maxOutputTokens);
    }

    /**
     * Returns the price of an input token in the provider's currency, which is US dollars at OpenRouter, or empty if
     * the price is unknown or varies.
     */
    public Optional<BigDecimal> inputPrice() {
        return Optional.ofNullable(inputPrice);
    }

    /** Returns the price of an output token; see {@link #inputPrice}. */
    public Optional<BigDecimal> outputPrice() {
        return Optional.ofNullable(outputPrice);
    }

    /** Returns the capabilities that the model is known to have. */
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public String toString() {
        return "ModelInfo[" + id + "]";
    }

    /** Builds a {@link ModelInfo}. This class is not thread-safe. */
    public static final class Builder {
        private final String id;
        private String name;
        private int contextLength;
        private int maxOutputTokens;
        private @Nullable BigDecimal inputPrice;
        private @Nullable BigDecimal outputPrice;
        private Set<Capability> capabilities = Set.of();

        private Builder(String id) {
            this.id = Objects.requireNonNull(id, "id");
            this.name = id;
        }

        public Builder name(String forPeople) {
            this.name = Objects.requireNonNull(forPeople, "forPeople");
            return this;
        }

        /** Sets the context length in tokens; 0 means unknown. */
        public Builder contextLength(int tokens) {
            this.contextLength = Math.max(0, tokens);
            return this;
        }

        /** Sets the maximum number of output tokens; 0 means unknown. */
        public Builder maxOutputTokens(int tokens) {
            this.maxOutputTokens = Math.max(0, tokens);
            return this;
        }

        public Builder inputPrice(@Nullable BigDecimal perToken) {
            this.inputPrice = perToken;
            return this;
        }

        public Builder outputPrice(@Nullable BigDecimal perToken) {
            this.outputPrice = perToken;
            return this;
        }

        public Builder capabilities(Set<Capability> known) {
            this.capabilities = Objects.requireNonNull(known, "known");
            return this;
        }

        public ModelInfo build() {
            return new ModelInfo(this);
        }
    }
}
