package dev.llmspi.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One entry in the history of a call: a request to a provider, or a link of the chain that was skipped. A request was
 * sent to a server only for those entries for which {@link #sent()} returns true. Instances are immutable.
 */
public final class Attempt {

    /** The outcome of an attempt. Later releases may add values, so a switch needs a default branch. */
    public enum Outcome {
        /** The attempt produced the answer. */
        SUCCESS,
        /** The attempt failed; {@link Attempt#kind()} returns the kind of error. */
        ERROR,
        /** The provider was not called; {@link Attempt#reason()} returns the reason. */
        SKIPPED,
        /** The caller cancelled the attempt. */
        CANCELLED
    }

    private final int number;
    private final String provider;
    private final String providerType;
    private final @Nullable String model;
    private final @Nullable String servedModel;
    private final Outcome outcome;
    private final boolean sent;
    private final @Nullable ErrorKind kind;
    private final @Nullable ErrorReason reason;
    private final int status;
    private final @Nullable String code;
    private final String message;
    private final Duration start;
    private final Duration duration;
    private final Duration waitBefore;
    private final @Nullable Duration retryAfter;
    private final @Nullable String requestId;
    private final @Nullable Instant until;
    private final Usage usage;
    private final @Nullable Duration firstToken;
    private final List<String> notes;

    private Attempt(Builder builder) {
        this.number = builder.number;
        this.provider = builder.provider;
        this.providerType = builder.providerType;
        this.model = builder.model;
        this.servedModel = builder.servedModel;
        this.outcome = builder.outcome;
        this.sent = builder.sent && builder.outcome != Outcome.SKIPPED;
        this.kind = builder.kind;
        this.reason = builder.reason;
        this.status = builder.status;
        this.code = builder.code;
        this.message = builder.message;
        this.start = builder.start;
        this.duration = builder.duration;
        this.waitBefore = builder.waitBefore;
        this.retryAfter = builder.retryAfter;
        this.requestId = builder.requestId;
        this.until = builder.until;
        this.usage = builder.usage;
        this.firstToken = builder.firstToken;
        this.notes = List.copyOf(builder.notes);
    }

    public static Builder builder(String provider, Outcome outcome) {
        return new Builder(provider, outcome);
    }

    /** Returns the one-based position in the call's list of attempts, which includes skipped links. */
    public int number() {
        return number;
    }

    /** Returns the name of the provider instance. */
    public String provider() {
        return provider;
    }

    /** Returns the provider type, such as {@code openrouter}. */
    public String providerType() {
        return providerType;
    }

    /** Returns the requested model, or empty if no model was found for this link. */
    public Optional<String> model() {
        return Optional.ofNullable(model);
    }

    /** Returns the provider's name for the model that answered. */
    public Optional<String> servedModel() {
        return Optional.ofNullable(servedModel);
    }

    public Outcome outcome() {
        return outcome;
    }

    /**
     * Returns whether any part of the request was sent. The result is false if the link was skipped or no connection
     * was established. It is true if the provider's code failed without stating whether it sent anything.
     */
    public boolean sent() {
        return sent;
    }

    /**
     * Returns the kind of error, or empty if the attempt succeeded or if the link was skipped for a reason that is not
     * an error.
     */
    public Optional<ErrorKind> kind() {
        return Optional.ofNullable(kind);
    }

    /** Returns the reason for the error, or the reason why the link was skipped. */
    public Optional<ErrorReason> reason() {
        return Optional.ofNullable(reason);
    }

    /** Returns the HTTP status, or empty if there was no HTTP response. */
    public OptionalInt status() {
        return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
    }

    /** Returns the provider's own error code. */
    public Optional<String> code() {
        return Optional.ofNullable(code);
    }

    /** Returns a one-line description of the error, without keys or prompts, or {@code ""} on success. */
    public String message() {
        return message;
    }

    /** Returns the time at which the attempt began, measured from the start of the call. */
    public Duration start() {
        return start;
    }

    /** Returns how long the attempt took, or zero for a skipped link. */
    public Duration duration() {
        return duration;
    }

    /** Returns how long the client waited before it retried the same provider, or zero if it did not wait. */
    public Duration waitBefore() {
        return waitBefore;
    }

    /** Returns how long the provider asked the client to wait. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Returns the provider's ID for the request or the generation. */
    public Optional<String> requestId() {
        return Optional.ofNullable(requestId);
    }

    /** Returns when the cooldown ends, if the link was skipped because of a cooldown. */
    public Optional<Instant> until() {
        return Optional.ofNullable(until);
    }

    /** Returns the tokens and the cost that the provider reported for this attempt. */
    public Usage usage() {
        return usage;
    }

    /** Returns the time from the start of a streamed attempt to its first content. */
    public Optional<Duration> firstToken() {
        return Optional.ofNullable(firstToken);
    }

    /** Returns the changes made to the request for this attempt, such as the removal of another model's reasoning. */
    public List<String> notes() {
        return notes;
    }

    /**
     * Returns a human-readable line, such as {@code openrouter (gpt-x): 503 SERVICE, overloaded, 12 ms}. The line has a
     * bounded length and no line breaks, whatever the model name and the message contain.
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(provider);
        if (model != null) {
            text.append(" (").append(OneLine.of(model)).append(')');
        }
        text.append(": ");
        if (outcome == Outcome.SKIPPED) {
            text.append("skipped, ").append(reason);
        } else {
            if (status != 0) {
                text.append(status).append(' ');
            }
            text.append(kind != null ? kind.toString() : outcome.toString());
            if (reason != null) {
                text.append(' ').append(reason);
            }
        }
        if (!message.isEmpty()) {
            text.append(", ").append(OneLine.of(message));
        }
        if (outcome != Outcome.SKIPPED) {
            text.append(", ").append(duration.toMillis()).append(" ms");
        }
        return text.toString();
    }

    /** Builds an {@link Attempt}. This class is not thread-safe. */
    public static final class Builder {
        private final String provider;
        private Outcome outcome;
        private int number = 1;
        private String providerType;
        private @Nullable String model;
        private @Nullable String servedModel;
        private boolean sent = true;
        private @Nullable ErrorKind kind;
        private @Nullable ErrorReason reason;
        private int status;
        private @Nullable String code;
        private String message = "";
        private Duration start = Duration.ZERO;
        private Duration duration = Duration.ZERO;
        private Duration waitBefore = Duration.ZERO;
        private @Nullable Duration retryAfter;
        private @Nullable String requestId;
        private @Nullable Instant until;
        private Usage usage = Usage.none();
        private @Nullable Duration firstToken;
        private List<String> notes = List.of();

        private Builder(String provider, Outcome outcome) {
            this.provider = Objects.requireNonNull(provider, "provider");
            this.providerType = provider;
            this.outcome = Objects.requireNonNull(outcome, "outcome");
        }

        public Builder outcome(Outcome end) {
            this.outcome = Objects.requireNonNull(end, "end");
            return this;
        }

        public Builder number(int place) {
            this.number = place;
            return this;
        }

        /** Sets the provider type. Default: the provider's name. */
        public Builder providerType(String type) {
            this.providerType = type;
            return this;
        }

        public Builder model(@Nullable String name) {
            this.model = name;
            return this;
        }

        public Builder servedModel(@Nullable String name) {
            this.servedModel = name;
            return this;
        }

        /** Sets whether any part of the request was sent. Default: true, except for skipped links. */
        public Builder sent(boolean anySent) {
            this.sent = anySent;
            return this;
        }

        public Builder kind(@Nullable ErrorKind errorKind) {
            this.kind = errorKind;
            return this;
        }

        public Builder reason(@Nullable ErrorReason errorReason) {
            this.reason = errorReason;
            return this;
        }

        /** Sets the HTTP status; 0 means that there is none. */
        public Builder status(int httpStatus) {
            this.status = httpStatus;
            return this;
        }

        public Builder code(@Nullable String providerCode) {
            this.code = providerCode;
            return this;
        }

        public Builder message(String oneLine) {
            this.message = oneLine;
            return this;
        }

        public Builder start(Duration sinceCallStart) {
            this.start = sinceCallStart;
            return this;
        }

        public Builder duration(Duration elapsed) {
            this.duration = elapsed;
            return this;
        }

        public Builder waitBefore(Duration waited) {
            this.waitBefore = waited;
            return this;
        }

        public Builder retryAfter(@Nullable Duration asked) {
            this.retryAfter = asked;
            return this;
        }

        public Builder requestId(@Nullable String id) {
            this.requestId = id;
            return this;
        }

        public Builder until(@Nullable Instant end) {
            this.until = end;
            return this;
        }

        /** Copies the name of the model that answered, the request ID and the usage from a response. */
        public Builder answer(ChatResponse response) {
            this.servedModel = response.model;
            this.requestId = response.requestId;
            this.usage = response.usage();
            return this;
        }

        public Builder usage(Usage used) {
            this.usage = used;
            return this;
        }

        public Builder firstToken(@Nullable Duration sinceAttemptStart) {
            this.firstToken = sinceAttemptStart;
            return this;
        }

        public Builder notes(List<String> remarks) {
            this.notes = remarks;
            return this;
        }

        public Attempt build() {
            return new Attempt(this);
        }
    }
}
