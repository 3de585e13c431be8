package dev.llmspi.api.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A key that cannot print itself: {@link #toString} shows {@code ***}, whatever the key. */
public final class Secret {

    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /**
     * A secret of the given text, without the blanks and line ends around it.
     *
     * @throws IllegalArgumentException if nothing is left, or if it holds a character that cannot stand in an HTTP header; the
     *     message does not show it
     */
    public static Secret of(String value) {
        String trimmed = Objects.requireNonNull(value, "value").strip();
        if (trimmed.isEmpty()) {
            throw new IllegalArgumentException("the key is empty");
        }
        for (int i = 0; i < trimmed.length(); i++) {
            if (trimmed.charAt(i) < '!' || trimmed.charAt(i) > '~') {
                throw new IllegalArgumentException(
                        "the key holds a blank, a control character or a non-ASCII character at position " + i);
            }
        }
        return new Secret(trimmed);
    }

    /** The key itself, to be put on the wire and nowhere else. */
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
