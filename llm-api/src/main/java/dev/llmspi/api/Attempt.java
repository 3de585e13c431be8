package dev.llmspi.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One entry in the history of a call: a request that was made, or a link of the chain that was passed over. The entries
 * that are neither {@link Outcome#SKIPPED} nor unsent ({@link #sent()}) are exactly the requests the servers were sent.
 */
public final class Attempt {

    /** How an attempt ended. Later releases may add values: keep a default branch. */
    public enum Outcome {
        /** It gave the answer. */
        SUCCESS,
        /** It failed; {@link Attempt#kind()} says how. */
        ERROR,
        /** The provider was not called; {@link Attempt#reason()} says why. */
        SKIPPED,
        /** The caller ended it. */
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

    /** The place in the call's list, from 1; skipped links count. */
    public int number() {
        return number;
    }

    /** The provider instance. */
    public String provider() {
        return provider;
    }

    /** The provider's type, such as {@code openrouter}. */
    public String providerType() {
        return providerType;
    }

    /** The model asked for; absent if none was found for this link. */
    public Optional<String> model() {
        return Optional.ofNullable(model);
    }

    /** The model that answered, as the provider names it. */
    public Optional<String> servedModel() {
        return Optional.ofNullable(servedModel);
    }

    public Outcome outcome() {
        return outcome;
    }

    /**
     * Whether any part of the request was sent. This is false if the link was skipped or no connection was made. If
     * the provider's code failed without saying, this is true.
     */
    public boolean sent() {
        return sent;
    }

    /** The kind of error; absent on success and for a link skipped for another reason than an error. */
    public Optional<ErrorKind> kind() {
        return Optional.ofNullable(kind);
    }

    /** The finer case of the error, or why the link was skipped. */
    public Optional<ErrorReason> reason() {
        return Optional.ofNullable(reason);
    }

    /** The HTTP status, if there was an answer over HTTP. */
    public OptionalInt status() {
        return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
    }

    /** The provider's own error code. */
    public Optional<String> code() {
        return Optional.ofNullable(code);
    }

    /** What happened, one line without keys or prompts; {@code ""} on success. */
    public String message() {
        return message;
    }

    /** When it began, counted from the start of the call. */
    public Duration start() {
        return start;
    }

    /** How long it took; zero for a skipped link. */
    public Duration duration() {
        return duration;
    }

    /** The wait that came before it on the same provider; zero if none. */
    public Duration waitBefore() {
        return waitBefore;
    }

    /** How long the provider asked to wait. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** The provider's id for the request or the generation. */
    public Optional<String> requestId() {
        return Optional.ofNullable(requestId);
    }

    /** For a link skipped in cooldown: when that ends. */
    public Optional<Instant> until() {
        return Optional.ofNullable(until);
    }

    /** What it used, as far as the provider said. */
    public Usage usage() {
        return usage;
    }

    /** For a stream: from the start of the attempt to the first content. */
    public Optional<Duration> firstToken() {
        return Optional.ofNullable(firstToken);
    }

    /** What was changed in the request for this attempt, such as reasoning of another model that was left out. */
    public List<String> notes() {
        return notes;
    }

    /**
     * One line a person can read, such as {@code openrouter (gpt-x): 503 SERVICE, overloaded, 12 ms}; whatever is in
     * model and message, it stays one line, of bounded length.
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

    /** Builds an {@link Attempt}; not safe for use by several threads. */
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

        /** Default: the provider's name. */
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

        /** Default: true, except for skipped links. */
        public Builder sent(boolean anyOfIt) {
            this.sent = anyOfIt;
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

        /** 0: none. */
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

        /** What an answer says of itself: the model that gave it, its id, and what it used. */
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
