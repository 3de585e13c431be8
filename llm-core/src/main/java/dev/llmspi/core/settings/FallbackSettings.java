package dev.llmspi.core.settings;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings that determine after which errors a call falls back to the next provider. An explicit
 * {@code fallback.on} changes the defaults of the other keys. Immutable.
 */
public final class FallbackSettings {

    private static final FallbackSettings DEFAULTS = new FallbackSettings(null, null, null);
    private static final Set<ErrorKind> ALL = Set.copyOf(EnumSet.allOf(ErrorKind.class));

    private final @Nullable Set<ErrorKind> on;
    private final @Nullable Boolean afterContentFilter;
    private final @Nullable Boolean unrecognised;

    private FallbackSettings(
            @Nullable Set<ErrorKind> on, @Nullable Boolean afterContentFilter, @Nullable Boolean unrecognised) {
        this.on = on == null ? null : Set.copyOf(on);
        this.afterContentFilter = afterContentFilter;
        this.unrecognised = unrecognised;
    }

    /** Returns the defaults. */
    public static FallbackSettings defaults() {
        return DEFAULTS;
    }

    /** Returns a copy of these settings in which each argument that is present replaces the current value. */
    FallbackSettings with(
            Optional<Set<ErrorKind>> kinds, Optional<Boolean> afterContentFilter, Optional<Boolean> unrecognised) {
        return new FallbackSettings(
                kinds.orElse(on),
                afterContentFilter.orElse(this.afterContentFilter),
                unrecognised.orElse(this.unrecognised));
    }

    /** The kinds of error after which a call falls back. Default: all. */
    public Set<ErrorKind> on() {
        return on == null ? ALL : on;
    }

    /**
     * Whether a call falls back after a content filter has refused its content. Default: no. If {@link #on} is set
     * explicitly, the default is yes if it contains {@code invalid_request_error}.
     */
    public boolean nextAfterContentFilter() {
        return afterContentFilter != null ? afterContentFilter : on != null && on.contains(ErrorKind.INVALID_REQUEST);
    }

    /**
     * Whether a call falls back after an unrecognised refusal. Default: yes. If {@link #on} is set explicitly, the
     * default is yes only if it contains {@code invalid_request_error}.
     */
    public boolean nextAfterUnrecognised() {
        return unrecognised != null ? unrecognised : on().contains(ErrorKind.INVALID_REQUEST);
    }

    /**
     * Whether a call falls back after an error. A request that was refused before it was sent would also be refused for
     * the next provider, so the call ends unless {@link LlmException#tryNext} says otherwise.
     */
    public boolean goesOn(LlmException error) {
        ErrorReason reason = error.reason().orElse(null);
        if (reason == ErrorReason.TOTAL_TIMEOUT) {
            return false;
        }
        if (reason == ErrorReason.CONTENT_FILTERED) {
            return nextAfterContentFilter();
        }
        if (reason == ErrorReason.UNRECOGNISED) {
            return nextAfterUnrecognised();
        }
        boolean ownCheck = error.kind() == ErrorKind.INVALID_REQUEST && !error.requestSent();
        return error.tryNext().orElse(!ownCheck && on().contains(error.kind()));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FallbackSettings that
                && Objects.equals(on, that.on)
                && Objects.equals(afterContentFilter, that.afterContentFilter)
                && Objects.equals(unrecognised, that.unrecognised);
    }

    @Override
    public int hashCode() {
        return Objects.hash(on, afterContentFilter, unrecognised);
    }

    @Override
    public String toString() {
        return "FallbackSettings[on=" + on() + ", nextAfterContentFilter=" + nextAfterContentFilter()
                + ", nextAfterUnrecognised=" + nextAfterUnrecognised() + "]";
    }
}
