package dev.llmspi.api;

import java.math.BigDecimal;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The tokens and the cost of a call, as counted by the provider. Values that the provider does not report are empty;
 * they are never reported as 0 and never estimated. The cost is in the provider's currency, which is US dollars at
 * OpenRouter. Instances are immutable.
 */
public final class Usage {

    private static final long ABSENT = -1;
    private static final Usage NONE = builder().build();

    private final long inputTokens;
    private final long outputTokens;
    private final long totalTokens;
    private final long cachedInputTokens;
    private final long cacheWriteTokens;
    private final long reasoningTokens;
    private final @Nullable BigDecimal cost;
    private final @Nullable BigDecimal upstreamCost;

    private Usage(Builder builder) {
        this.inputTokens = builder.inputTokens;
        this.outputTokens = builder.outputTokens;
        this.totalTokens = builder.totalTokens;
        this.cachedInputTokens = builder.cachedInputTokens;
        this.cacheWriteTokens = builder.cacheWriteTokens;
        this.reasoningTokens = builder.reasoningTokens;
        this.cost = builder.cost;
        this.upstreamCost = builder.upstreamCost;
    }

    /** Returns a usage in which all values are empty. */
    public static Usage none() {
        return NONE;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Returns the number of tokens in the prompt, including cached tokens. */
    public OptionalLong inputTokens() {
        return optional(inputTokens);
    }

    /** Returns the number of tokens in the answer, including reasoning tokens. */
    public OptionalLong outputTokens() {
        return optional(outputTokens);
    }

    public OptionalLong totalTokens() {
        return optional(totalTokens);
    }

    /** Returns the number of input tokens that were read from a prompt cache. */
    public OptionalLong cachedInputTokens() {
        return optional(cachedInputTokens);
    }

    /** Returns the number of input tokens that were written to a prompt cache. */
    public OptionalLong cacheWriteTokens() {
        return optional(cacheWriteTokens);
    }

    /** Returns the number of output tokens that were spent on reasoning. */
    public OptionalLong reasoningTokens() {
        return optional(reasoningTokens);
    }

    /** Returns the amount charged by the provider. */
    public Optional<BigDecimal> cost() {
        return Optional.ofNullable(cost);
    }

    /**
     * Returns the additional amount charged by the upstream provider, for calls that use the customer's own API key
     * there.
     */
    public Optional<BigDecimal> upstreamCost() {
        return Optional.ofNullable(upstreamCost);
    }

    /** Returns the total cost, which is {@link #cost} plus {@link #upstreamCost}, or empty if neither is known. */
    public Optional<BigDecimal> spend() {
        if (cost == null || upstreamCost == null) {
            return Optional.ofNullable(cost == null ? upstreamCost : cost);
        }
        return Optional.of(cost.add(upstreamCost));
    }

    private static OptionalLong optional(long count) {
        return count == ABSENT ? OptionalLong.empty() : OptionalLong.of(count);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Usage that
                && inputTokens == that.inputTokens
                && outputTokens == that.outputTokens
                && totalTokens == that.totalTokens
                && cachedInputTokens == that.cachedInputTokens
                && cacheWriteTokens == that.cacheWriteTokens
                && reasoningTokens == that.reasoningTokens
                && Objects.equals(cost, that.cost)
                && Objects.equals(upstreamCost, that.upstreamCost);
    }

    @Override
    public int hashCode() {
        return Objects.hash(inputTokens, outputTokens, totalTokens, cachedInputTokens, reasoningTokens, cost);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Usage[");
        show(text, "input=", inputTokens);
        show(text, "output=", outputTokens);
        show(text, "total=", totalTokens);
        show(text, "cached=", cachedInputTokens);
        show(text, "cacheWrite=", cacheWriteTokens);
        show(text, "reasoning=", reasoningTokens);
        spend().ifPresent(spend -> text.append("spend=").append(spend.toPlainString()));
        return text.toString().strip() + "]";
    }

    private static void show(StringBuilder text, String label, long count) {
        if (count != ABSENT) {
            text.append(label).append(count).append(' ');
        }
    }

    /** Builds a {@link Usage}. Values that are not set are empty. This class is not thread-safe. */
    public static final class Builder {
        private long inputTokens = ABSENT;
        private long outputTokens = ABSENT;
        private long totalTokens = ABSENT;
        private long cachedInputTokens = ABSENT;
        private long cacheWriteTokens = ABSENT;
        private long reasoningTokens = ABSENT;
        private @Nullable BigDecimal cost;
        private @Nullable BigDecimal upstreamCost;

        private Builder() {}

        public Builder inputTokens(long count) {
            this.inputTokens = checked("input tokens", count);
            return this;
        }

        public Builder outputTokens(long count) {
            this.outputTokens = checked("output tokens", count);
            return this;
        }

        public Builder totalTokens(long count) {
            this.totalTokens = checked("total tokens", count);
            return this;
        }

        public Builder cachedInputTokens(long count) {
            this.cachedInputTokens = checked("cached input tokens", count);
            return this;
        }

        public Builder cacheWriteTokens(long count) {
            this.cacheWriteTokens = checked("cache write tokens", count);
            return this;
        }

        public Builder reasoningTokens(long count) {
            this.reasoningTokens = checked("reasoning tokens", count);
            return this;
        }

        public Builder cost(BigDecimal amount) {
            this.cost = Objects.requireNonNull(amount, "amount");
            return this;
        }

        public Builder upstreamCost(BigDecimal amount) {
            this.upstreamCost = Objects.requireNonNull(amount, "amount");
            return this;
        }

        public Usage build() {
            return new Usage(this);
        }

        private static long checked(String what, long count) {
            if (count < 0) {
                throw new IllegalArgumentException(what + " must not be negative: " + count);
            }
            return count;
        }
    }
}
