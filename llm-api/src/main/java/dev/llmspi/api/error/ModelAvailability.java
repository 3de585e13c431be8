package dev.llmspi.api.error;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The models that could serve a refused request, as reported by the provider. OpenRouter has sent this information as
 * {@code error.availability} since August 2026. The client never uses these models on its own; the names are
 * information for the caller. Instances are immutable.
 */
public final class ModelAvailability {

    private final @Nullable String code;
    private final @Nullable Boolean retryable;
    private final @Nullable Duration retryAfter;
    private final List<String> fallbackModels;
    private final @Nullable String constraintField;
    private final @Nullable String constraintDetail;

    private ModelAvailability(Builder builder) {
        this.code = builder.code;
        this.retryable = builder.retryable;
        this.retryAfter = builder.retryAfter;
        this.fallbackModels = List.copyOf(builder.fallbackModels);
        this.constraintField = builder.constraintField;
        this.constraintDetail = builder.constraintDetail;
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the reason why the model is not available, such as {@code no_endpoints} or {@code constraint_filtered}.
     */
    public Optional<String> code() {
        return Optional.ofNullable(code);
    }

    /** Returns whether the provider expects the same request to succeed later. */
    public Optional<Boolean> retryable() {
        return Optional.ofNullable(retryable);
    }

    /** Returns the time until the provider expects the same request to succeed. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Returns models of the same provider that could serve the request, with the best model first. */
    public List<String> fallbackModels() {
        return fallbackModels;
    }

    /** Returns the request field that excluded every endpoint, such as {@code provider.max_price}. */
    public Optional<String> constraintField() {
        return Optional.ofNullable(constraintField);
    }

    /** Returns the provider's own description of the constraint. */
    public Optional<String> constraintDetail() {
        return Optional.ofNullable(constraintDetail);
    }

    @Override
    public String toString() {
        return "ModelAvailability[code=" + code + ", fallbackModels=" + fallbackModels + "]";
    }

    /** Builds a {@link ModelAvailability}. Values that are not set are empty. This class is not thread-safe. */
    public static final class Builder {
        private @Nullable String code;
        private @Nullable Boolean retryable;
        private @Nullable Duration retryAfter;
        private List<String> fallbackModels = List.of();
        private @Nullable String constraintField;
        private @Nullable String constraintDetail;

        private Builder() {}

        public Builder code(@Nullable String word) {
            this.code = word;
            return this;
        }

        public Builder retryable(@Nullable Boolean expected) {
            this.retryable = expected;
            return this;
        }

        public Builder retryAfter(@Nullable Duration wait) {
            this.retryAfter = wait;
            return this;
        }

        public Builder fallbackModels(List<String> models) {
            this.fallbackModels = Objects.requireNonNull(models, "models");
            return this;
        }

        public Builder constraintField(@Nullable String field) {
            this.constraintField = field;
            return this;
        }

        public Builder constraintDetail(@Nullable String words) {
            this.constraintDetail = words;
            return this;
        }

        public ModelAvailability build() {
            return new ModelAvailability(this);
        }
    }
}
