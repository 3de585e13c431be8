package dev.llmspi.api;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The amount of reasoning that a model does before it answers. It is either an effort level or a token budget, but not
 * both. Models that cannot reason ignore it. Instances are immutable.
 */
public final class Reasoning {

    private static final List<String> EFFORTS = List.of("none", "minimal", "low", "medium", "high", "xhigh", "max");

    private final @Nullable String effort;
    private final int maxTokens;

    private Reasoning(@Nullable String effort, int maxTokens) {
        this.effort = effort;
        this.maxTokens = maxTokens;
    }

    /**
     * Returns a setting with an effort level.
     *
     * @param effort a level that the model supports: {@code minimal}, {@code low}, {@code medium}, {@code high}, or
     *     {@code none} to turn reasoning off where that is possible
     */
    public static Reasoning effort(String effort) {
        if (Objects.requireNonNull(effort, "effort").isBlank()) {
            throw new IllegalArgumentException(
                    "reasoning effort must not be blank; use one of none, minimal, low, medium, high");
        }
        return new Reasoning(effort, 0);
    }

    /**
     * Returns a setting with a token budget.
     *
     * @param tokens the maximum number of reasoning tokens, at least 1
     */
    public static Reasoning maxTokens(int tokens) {
        if (tokens < 1) {
            throw new IllegalArgumentException("reasoning max tokens must be at least 1, not " + tokens);
        }
        return new Reasoning(null, tokens);
    }

    /**
     * Reads a setting from a text, such as a value in a configuration: one of the {@link #efforts}, or a number of
     * tokens.
     *
     * @throws IllegalArgumentException if the text is neither; the message lists the efforts
     */
    public static Reasoning parse(String text) {
        String word = text.strip().toLowerCase(Locale.ROOT);
        if (EFFORTS.contains(word)) {
            return effort(word);
        }
        if (word.matches("[1-9]\\d{0,8}")) {
            return maxTokens(Integer.parseInt(word));
        }
        throw new IllegalArgumentException("must be one of " + String.join(", ", EFFORTS) + " or a number of tokens");
    }

    /** Returns the effort levels that are in use, from the lowest to the highest. A model supports some of them. */
    public static List<String> efforts() {
        return EFFORTS;
    }

    public Optional<String> effort() {
        return Optional.ofNullable(effort);
    }

    public OptionalInt maxTokens() {
        return maxTokens > 0 ? OptionalInt.of(maxTokens) : OptionalInt.empty();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Reasoning that && Objects.equals(effort, that.effort) && maxTokens == that.maxTokens;
    }

    @Override
    public int hashCode() {
        return Objects.hash(effort, maxTokens);
    }

    @Override
    public String toString() {
        return effort != null ? "Reasoning[effort=" + effort + "]" : "Reasoning[maxTokens=" + maxTokens + "]";
    }
}
