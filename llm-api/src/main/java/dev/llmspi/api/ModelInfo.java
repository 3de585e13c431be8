package dev.llmspi.api;

import java.math.BigDecimal;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A model a provider offers; what the provider does not say is absent. Prices are per token. */
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

    /** The name to put into a request. */
    public String id() {
        return id;
    }

    /** The name for people; the id if there is no other. */
    public String name() {
        return name;
    }

    /** Input and output together, in tokens. */
    public OptionalInt contextLength() {
        return contextLength == 0 ? OptionalInt.empty() : OptionalInt.of(contextLength);
    }

    /** The most it writes, in tokens. */
    public OptionalInt maxOutputTokens() {
        return maxOutputTokens == 0 ? OptionalInt.empty() : OptionalInt.of(maxOutputTokens);
    }

    /** Per input token, in the provider's currency (US dollars at OpenRouter); absent if unknown or varying. */
    public Optional<BigDecimal> inputPrice() {
        return Optional.ofNullable(inputPrice);
    }

    /** Per output token, like {@link #inputPrice}. */
    public Optional<BigDecimal> outputPrice() {
        return Optional.ofNullable(outputPrice);
    }

    /** What it is known to be able to do. */
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public String toString() {
        return "ModelInfo[" + id + "]";
    }

    /** Builds a {@link ModelInfo}; not safe for use by several threads. */
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

        /** 0: unknown. */
        public Builder contextLength(int tokens) {
            this.contextLength = Math.max(0, tokens);
            return this;
        }

        /** 0: unknown. */
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
