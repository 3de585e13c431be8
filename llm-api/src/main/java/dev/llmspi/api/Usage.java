package dev.llmspi.api;

import java.math.BigDecimal;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a call used, as the provider counted it. What the provider did not say is absent, never 0 and never estimated.
 * Cost is in the provider's currency (US dollars at OpenRouter).
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

    /** Nothing known. */
    public static Usage none() {
        return NONE;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Tokens of the prompt, cached ones included. */
    public OptionalLong inputTokens() {
        return optional(inputTokens);
    }

    /** Tokens of the answer, reasoning included. */
    public OptionalLong outputTokens() {
        return optional(outputTokens);
    }

    public OptionalLong totalTokens() {
        return optional(totalTokens);
    }

    /** The part of the input read from a prompt cache. */
    public OptionalLong cachedInputTokens() {
        return optional(cachedInputTokens);
    }

    /** The part of the input written to a prompt cache. */
    public OptionalLong cacheWriteTokens() {
        return optional(cacheWriteTokens);
    }

    /** The part of the output spent on reasoning. */
    public OptionalLong reasoningTokens() {
        return optional(reasoningTokens);
    }

    /** What the provider charged. */
    public Optional<BigDecimal> cost() {
        return Optional.ofNullable(cost);
    }

    /** What somebody else charges on top, because the call ran on a key of one's own there. */
    public Optional<BigDecimal> upstreamCost() {
        return Optional.ofNullable(upstreamCost);
    }

    /** All that the call cost: {@link #cost} and {@link #upstreamCost}; absent if neither is known. */
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

    /** Builds a {@link Usage}; what is not set is absent. Not safe for use by several threads. */
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
