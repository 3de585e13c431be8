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
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a call to a language model fails. Each of the eight kinds of error has its own subclass.
 *
 * <p>Messages state what happened, at which provider, and what to do about it. They contain no key, header, prompt or
 * answer. Text from a server is cut at 2 KiB and has no line breaks.
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

    /** Returns a builder for the class of the given kind. Each class also has its own {@code builder()} method. */
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
     * Finds the error in an exception thrown by a future, by unwrapping {@link ExecutionException} and
     * {@link CompletionException}.
     *
     * @return the error, or empty if the exception has another type, for example because the future was cancelled
     */
    public static Optional<LlmException> from(Throwable thrown) {
        Throwable inner = thrown;
        while ((inner instanceof ExecutionException || inner instanceof CompletionException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner instanceof LlmException error ? Optional.of(error) : Optional.empty();
    }

    /**
     * Returns a builder initialized with the contents of this error, including cause, stack trace and suppressed
     * exceptions.
     */
    public Builder<? extends LlmException> toBuilder() {
        return builder(kind()).copyOf(this);
    }

    public ErrorKind kind() {
        return kind;
    }

    /** Returns the reason, which refines the kind. */
    public Optional<ErrorReason> reason() {
        return Optional.ofNullable(details().reason);
    }

    /** Returns the call ID, or {@code ""} if a provider was called without a client. */
    public String callId() {
        return details().callId;
    }

    /** Returns the provider instance that failed, or {@code ""} if the error does not come from a provider. */
    public String provider() {
        return details().provider;
    }

    /** Returns the requested model. */
    public Optional<String> model() {
        return Optional.ofNullable(details().model);
    }

    /** Returns the HTTP status, or the status stated in the body of a response with status 200. */
    public OptionalInt status() {
        return details().status == 0 ? OptionalInt.empty() : OptionalInt.of(details().status);
    }

    /** Returns the provider's own error code. */
    public Optional<String> code() {
        return Optional.ofNullable(details().code);
    }

    /** Returns the provider's ID for the request. */
    public Optional<String> requestId() {
        return Optional.ofNullable(details().requestId);
    }

    /** Returns how long the provider asked the client to wait, measured from the arrival of its response. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(details().retryAfter);
    }

    /** Returns the token limit that the server stated: the model's context length or a rate limit in tokens. */
    public OptionalLong contextLimit() {
        return details().contextLimit == 0 ? OptionalLong.empty() : OptionalLong.of(details().contextLimit);
    }

    /** Returns the number of tokens in the request, prompt and answer together, as stated by the server. */
    public OptionalLong requestedTokens() {
        return details().requestedTokens == 0 ? OptionalLong.empty() : OptionalLong.of(details().requestedTokens);
    }

    /**
     * Returns the models that could serve the request instead, and the constraint that excluded this one. Only
     * OpenRouter reports this information.
     */
    public Optional<ModelAvailability> availability() {
        return Optional.ofNullable(details().availability);
    }

    /** Returns whether any part of the request was sent to the provider. */
    public boolean requestSent() {
        return details().requestSent;
    }

    /** Returns whether the same provider may be retried, or empty if the kind of error decides this. */
    public Optional<Boolean> retryHere() {
        return Optional.ofNullable(details().retryHere);
    }

    /** Returns whether the next provider may be tried, or empty if the kind of error decides this. */
    public Optional<Boolean> tryNext() {
        return Optional.ofNullable(details().tryNext);
    }

    /**
     * Returns the part of an answer that a stream delivered before it failed: text, reasoning and complete tool calls.
     * The result is empty if nothing was delivered.
     */
    public Optional<ChatResponse> partial() {
        return Optional.ofNullable(details().partial);
    }

    /**
     * Returns all attempts of the call in order, including skipped links. The list is empty if a provider was called
     * without a client.
     */
    public List<Attempt> attempts() {
        return details().attempts;
    }

    /**
     * Returns the details, which are empty after deserialization, because serialization keeps only the kind, message,
     * cause and stack trace.
     */
    private Details details() {
        return details != null ? details : new Details(builder(kind));
    }

    /** Holds all properties except the kind, message and cause. */
    private static final class Details {
        private final @Nullable ErrorReason reason;
        private final String callId;
        private final String provider;
        private final @Nullable String model;
        private final int status;
        private final @Nullable String code;
        private final @Nullable String requestId;
        private final @Nullable Duration retryAfter;
        private final long contextLimit;
        private final long requestedTokens;
        private final @Nullable ModelAvailability availability;
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
            this.contextLimit = builder.contextLimit;
            this.requestedTokens = builder.requestedTokens;
            this.availability = builder.availability;
            this.requestSent = builder.requestSent;
            this.retryHere = builder.retryHere;
            this.tryNext = builder.tryNext;
            this.attempts = List.copyOf(builder.attempts);
            this.partial = builder.partial;
        }
    }

    /**
     * Builds an error. This class is public so that fakes and third-party providers can create errors. It is not
     * thread-safe.
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
        private long contextLimit;
        private long requestedTokens;
        private @Nullable ModelAvailability availability;
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
            this.contextLimit = details.contextLimit;
            this.requestedTokens = details.requestedTokens;
            this.availability = details.availability;
            this.requestSent = details.requestSent;
            this.retryHere = details.retryHere;
            this.tryNext = details.tryNext;
            this.attempts = details.attempts;
            this.partial = details.partial;
            this.suppressed = error.getSuppressed();
            return this;
        }

        /** Sets the message: what happened, where, and what to do about it. It must not contain keys or prompts. */
        public Builder<E> message(String text) {
            this.message = Objects.requireNonNull(text, "text");
            return this;
        }

        public Builder<E> cause(@Nullable Throwable origin) {
            this.cause = origin;
            return this;
        }

        public Builder<E> reason(@Nullable ErrorReason errorReason) {
            this.reason = errorReason;
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

        /** Sets the HTTP status; 0 means that there is none. */
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

        /** Sets the token limit; 0 means unknown. */
        public Builder<E> contextLimit(long tokens) {
            this.contextLimit = tokens;
            return this;
        }

        /** Sets the number of tokens in the request; 0 means unknown. */
        public Builder<E> requestedTokens(long tokens) {
            this.requestedTokens = tokens;
            return this;
        }

        public Builder<E> availability(@Nullable ModelAvailability said) {
            this.availability = said;
            return this;
        }

        /** Sets whether any part of the request was sent to the provider. Default: true. */
        public Builder<E> requestSent(boolean anySent) {
            this.requestSent = anySent;
            return this;
        }

        /** Sets whether the same provider may be retried; null lets the kind of error decide. */
        public Builder<E> retryHere(@Nullable Boolean yes) {
            this.retryHere = yes;
            return this;
        }

        /** Sets whether the next provider may be tried; null lets the kind of error decide. */
        public Builder<E> tryNext(@Nullable Boolean yes) {
            this.tryNext = yes;
            return this;
        }

        public Builder<E> attempts(List<Attempt> list) {
            this.attempts = Objects.requireNonNull(list, "list");
            return this;
        }

        /** Sets the part of the answer that was delivered; null means that there is none. */
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
