package dev.llmspi.api.error;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call to a language model failed. Sealed: there are eight concrete kinds, one class each.
 *
 * <p>Messages say what happened, at which provider, and what to do. They hold no key, no header, no prompt and no answer;
 * text from a server is cut at 2 KiB and put on one line.
 *
 * <pre>{@code
 * try {
 *     return client.chat(request).text();
 * } catch (LlmResourceExhaustedException e) {
 *     return "Out of credit at " + e.provider();
 * } catch (LlmException e) {
 *     log.warn("{} after {} attempts", e.kind(), e.attempts().size(), e);
 *     throw e;
 * }
 * }</pre>
 */
public abstract sealed class LlmException extends RuntimeException
        permits LlmAuthenticationException,
                LlmConnectionException,
                LlmInvalidRequestException,
                LlmModelException,
                LlmRateLimitException,
                LlmResourceExhaustedException,
                LlmServiceException,
                LlmTimeoutException {

    private static final long serialVersionUID = 1;

    private final ErrorKind kind;
    private final transient @Nullable Details details;

    LlmException(ErrorKind kind, Builder<?> builder) {
        super(builder.message, builder.cause);
        this.kind = kind;
        this.details = new Details(builder);
        if (builder.stackTrace != null) {
            setStackTrace(builder.stackTrace);
        }
    }

    /** A builder of the class that belongs to the kind; each class has its own {@code builder()} too. */
    public static Builder<? extends LlmException> builder(ErrorKind kind) {
        return switch (kind) {
            case CONNECTION -> LlmConnectionException.builder();
            case AUTHENTICATION -> LlmAuthenticationException.builder();
            case RATE_LIMIT -> LlmRateLimitException.builder();
            case RESOURCE_EXHAUSTED -> LlmResourceExhaustedException.builder();
            case INVALID_REQUEST -> LlmInvalidRequestException.builder();
            case SERVICE -> LlmServiceException.builder();
            case TIMEOUT -> LlmTimeoutException.builder();
            case MODEL -> LlmModelException.builder();
        };
    }

    /**
     * Finds the error in what a future threw: unwraps {@link ExecutionException} and {@link CompletionException}.
     *
     * @return the error, or empty if the throwable is no error of this kind (a cancelled future, for example)
     */
    public static Optional<LlmException> from(Throwable thrown) {
        Throwable inner = thrown;
        while ((inner instanceof ExecutionException || inner instanceof CompletionException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner instanceof LlmException error ? Optional.of(error) : Optional.empty();
    }

    /** A builder that holds what this error holds, its cause, stack trace and suppressed errors included. */
    public Builder<? extends LlmException> toBuilder() {
        return builder(kind()).copyOf(this);
    }

    public ErrorKind kind() {
        return kind;
    }

    /** A finer case of the kind. */
    public Optional<ErrorReason> reason() {
        return Optional.ofNullable(details().reason);
    }

    /** The id of the call; {@code ""} if a provider was called without a client. */
    public String callId() {
        return details().callId;
    }

    /** The provider instance that failed; {@code ""} if it is not the provider's error. */
    public String provider() {
        return details().provider;
    }

    /** The model that was asked for. */
    public Optional<String> model() {
        return Optional.ofNullable(details().model);
    }

    /** The HTTP status, or the status a body named inside a 200. */
    public OptionalInt status() {
        return details().status == 0 ? OptionalInt.empty() : OptionalInt.of(details().status);
    }

    /** The provider's own error code. */
    public Optional<String> code() {
        return Optional.ofNullable(details().code);
    }

    /** The provider's id for the request. */
    public Optional<String> requestId() {
        return Optional.ofNullable(details().requestId);
    }

    /** How long the provider asked to wait, counted from when its answer arrived. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(details().retryAfter);
    }

    /** Whether any of the request went out to the provider. */
    public boolean requestSent() {
        return details().requestSent;
    }

    /** Whether this case overrides its kind on asking the same provider again; empty: the kind decides. */
    public Optional<Boolean> retryHere() {
        return Optional.ofNullable(details().retryHere);
    }

    /** Whether this case overrides its kind on asking the next provider; empty: the kind decides. */
    public Optional<Boolean> tryNext() {
        return Optional.ofNullable(details().tryNext);
    }

    /** What a stream had delivered before it failed: text, reasoning, complete tool calls; empty if nothing was. */
    public Optional<ChatResponse> partial() {
        return Optional.ofNullable(details().partial);
    }

    /** Every attempt of the call in order, skipped links included; empty if a provider was called without a client. */
    public List<Attempt> attempts() {
        return details().attempts;
    }

    /** Serialization keeps kind, message, cause and stack trace; the rest is then as if it had not been set. */
    private Details details() {
        return details != null ? details : new Details(builder(kind));
    }

    /** Everything but kind, message and cause. */
    private static final class Details {
        private final @Nullable ErrorReason reason;
        private final String callId;
        private final String provider;
        private final @Nullable String model;
        private final int status;
        private final @Nullable String code;
        private final @Nullable String requestId;
        private final @Nullable Duration retryAfter;
        private final boolean requestSent;
        private final @Nullable Boolean retryHere;
        private final @Nullable Boolean tryNext;
        private final List<Attempt> attempts;
        private final @Nullable ChatResponse partial;

        Details(Builder<?> builder) {
            this.reason = builder.reason;
            this.callId = builder.callId;
            this.provider = builder.provider;
            this.model = builder.model;
            this.status = builder.status;
            this.code = builder.code;
            this.requestId = builder.requestId;
            this.retryAfter = builder.retryAfter;
            this.requestSent = builder.requestSent;
            this.retryHere = builder.retryHere;
            this.tryNext = builder.tryNext;
            this.attempts = List.copyOf(builder.attempts);
            this.partial = builder.partial;
        }
    }

    /**
     * Builds an error of one class. Public, so that fakes and third-party providers can make them. Not safe for use by
     * several threads.
     */
    public static final class Builder<E extends LlmException> {
        private final Function<Builder<E>, E> constructor;
        private String message = "";
        private @Nullable Throwable cause;
        private StackTraceElement @Nullable [] stackTrace;
        private @Nullable ErrorReason reason;
        private String callId = "";
        private String provider = "";
        private @Nullable String model;
        private int status;
        private @Nullable String code;
        private @Nullable String requestId;
        private @Nullable Duration retryAfter;
        private boolean requestSent = true;
        private @Nullable Boolean retryHere;
        private @Nullable Boolean tryNext;
        private List<Attempt> attempts = List.of();
        private @Nullable ChatResponse partial;
        private Throwable[] suppressed = {};

        Builder(Function<Builder<E>, E> constructor) {
            this.constructor = constructor;
        }

        Builder<E> copyOf(LlmException error) {
            this.message = Objects.requireNonNullElse(error.getMessage(), "");
            this.cause = error.getCause();
            this.stackTrace = error.getStackTrace();
            Details details = error.details();
            this.reason = details.reason;
            this.callId = details.callId;
            this.provider = details.provider;
            this.model = details.model;
            this.status = details.status;
            this.code = details.code;
            this.requestId = details.requestId;
            this.retryAfter = details.retryAfter;
            this.requestSent = details.requestSent;
            this.retryHere = details.retryHere;
            this.tryNext = details.tryNext;
            this.attempts = details.attempts;
            this.partial = details.partial;
            this.suppressed = error.getSuppressed();
            return this;
        }

        /** What happened, to which provider, what to do; without keys and prompts. */
        public Builder<E> message(String text) {
            this.message = Objects.requireNonNull(text, "text");
            return this;
        }

        public Builder<E> cause(@Nullable Throwable origin) {
            this.cause = origin;
            return this;
        }

        public Builder<E> reason(@Nullable ErrorReason finerCase) {
            this.reason = finerCase;
            return this;
        }

        public Builder<E> callId(String id) {
            this.callId = Objects.requireNonNull(id, "id");
            return this;
        }

        public Builder<E> provider(String name) {
            this.provider = Objects.requireNonNull(name, "name");
            return this;
        }

        public Builder<E> model(@Nullable String name) {
            this.model = name;
            return this;
        }

        /** 0: none. */
        public Builder<E> status(int httpStatus) {
            this.status = httpStatus;
            return this;
        }

        public Builder<E> code(@Nullable String providerCode) {
            this.code = providerCode;
            return this;
        }

        public Builder<E> requestId(@Nullable String id) {
            this.requestId = id;
            return this;
        }

        public Builder<E> retryAfter(@Nullable Duration wait) {
            this.retryAfter = wait;
            return this;
        }

        /** False if nothing of the request went out: no connection came about, or it was refused before. Default: true. */
        public Builder<E> requestSent(boolean anyOfIt) {
            this.requestSent = anyOfIt;
            return this;
        }

        /** Overrides the kind's column "retry here"; null: the kind decides. */
        public Builder<E> retryHere(@Nullable Boolean yes) {
            this.retryHere = yes;
            return this;
        }

        /** Overrides the kind's column "next provider"; null: the kind decides. */
        public Builder<E> tryNext(@Nullable Boolean yes) {
            this.tryNext = yes;
            return this;
        }

        public Builder<E> attempts(List<Attempt> list) {
            this.attempts = Objects.requireNonNull(list, "list");
            return this;
        }

        /** What a stream had delivered; null: nothing. */
        public Builder<E> partial(@Nullable ChatResponse delivered) {
            this.partial = delivered;
            return this;
        }

        public E build() {
            E error = constructor.apply(this);
            for (Throwable earlier : suppressed) {
                error.addSuppressed(earlier);
            }
            return error;
        }
    }
}
