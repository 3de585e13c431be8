package dev.llmspi.api.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An API key that is never printed: {@link #toString} always returns {@code ***}. Instances are immutable. */
public final class Secret {

    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /**
     * Returns a secret with the given text, stripped of surrounding white space.
     *
     * @throws IllegalArgumentException if the text is blank, is longer than {@link HeaderRules#LONGEST} characters, or
     *     contains a character that is not allowed in an HTTP header; the message does not contain the text
     */
    public static Secret of(String value) {
        String trimmed = HeaderRules.bounded(
                "the key", Objects.requireNonNull(value, "value").strip(), HeaderRules.LONGEST);
        if (trimmed.isEmpty()) {
            throw new IllegalArgumentException("the key is empty");
        }
        for (int i = 0; i < trimmed.length(); i++) {
            if (trimmed.charAt(i) < '!' || trimmed.charAt(i) > '~') {
                throw new IllegalArgumentException(
                        "the key contains a blank, a control character or a non-ASCII character at position " + i);
            }
        }
        return new Secret(trimmed);
    }

    /** Returns the key itself. Call this method only in order to send the key. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret that && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}
