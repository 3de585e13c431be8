package dev.llmspi.openai.wire;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.ModelAvailability;
import dev.llmspi.openai.wire.error.ErrorFacts;
import dev.llmspi.openai.wire.error.ErrorRules;
import dev.llmspi.openai.wire.error.ErrorVerdict;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An error reply and its classification. The common rules classify the error first, and then the dialect may correct
 * the result. Texts are redacted afterwards, so a dialect does not need to redact them. Not thread-safe.
 */
public final class WireError {

    private final WireReply reply;
    private final ErrorBody body;
    private final int status;
    private final @Nullable Duration retryAfter;
    private ErrorVerdict verdict;
    private @Nullable Boolean retryHere;
    private @Nullable Boolean tryNext;
    private String message;
    private @Nullable String code;
    private @Nullable ModelAvailability availability;

    WireError(WireReply reply, ErrorBody body, ErrorFacts facts, RetryAfter waits) {
        this.reply = reply;
        this.body = body;
        this.message = body.message();
        this.code = body.code().orElse(null);
        this.status = body.status(reply);
        judge(ErrorRules.standard().judge(facts, waits.longest().orElse(null)));
        this.retryAfter = waits.of(verdict.kind()).orElse(null);
    }

    /** Returns the reply. Its status may be 200, and its body is the whole body, not only the error. */
    public WireReply reply() {
        return reply;
    }

    /** Returns the HTTP status. If it is 200 and the body names another status, returns that status instead. */
    public int status() {
        return status;
    }

    /** Returns the status that the body names, regardless of the HTTP status; 0 if the body names none. */
    public int bodyStatus() {
        return body.status();
    }

    /** Returns the body; empty if it was not a JSON object. */
    public JsonObject body() {
        return body.body();
    }

    /** Returns the body's member {@code error}; empty if it is not an object. */
    public JsonObject error() {
        return body.error();
    }

    /** Returns the server's error message; {@code ""} if there is none. */
    public String message() {
        return message;
    }

    /** Replaces the server's error message. */
    public void message(String text) {
        this.message = Objects.requireNonNull(text, "text");
    }

    /** Returns the server's error code, or its error type if there is no code. */
    public Optional<String> code() {
        return Optional.ofNullable(code);
    }

    /** Replaces the server's error code. */
    public void code(String word) {
        this.code = Objects.requireNonNull(word, "word");
    }

    /** Returns the wait requested by the server. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Returns the kind of the current verdict. */
    public ErrorKind kind() {
        return verdict.kind();
    }

    /** Returns the reason of the current verdict. */
    public Optional<ErrorReason> reason() {
        return Optional.ofNullable(verdict.reason());
    }

    /** Whether the verdict is based on the status alone, and not on a code, a member or words in the message. */
    public boolean isByStatus() {
        return verdict.byStatus();
    }

    /** Replaces the verdict. Values that were set with {@link #retryHere} or {@link #tryNext} are discarded. */
    public void judge(ErrorKind newKind, @Nullable ErrorReason newReason) {
        judge(new ErrorVerdict(newKind, newReason));
    }

    /** Replaces the verdict with the one for a status alone. */
    public void judgeByStatus(int httpStatus) {
        judge(ErrorRules.standard().ofStatus(httpStatus));
    }

    private void judge(ErrorVerdict newVerdict) {
        verdict = newVerdict;
        retryHere = newVerdict.retryHere();
        tryNext = newVerdict.tryNext();
    }

    /** Overrides whether the same provider is tried again, which otherwise depends on the kind. */
    public void retryHere(boolean yes) {
        this.retryHere = yes;
    }

    /** Overrides whether the next provider is tried, which otherwise depends on the kind. */
    public void tryNext(boolean yes) {
        this.tryNext = yes;
    }

    /** Sets which models could serve the request instead. The exception makes this value available. */
    public void availability(ModelAvailability value) {
        this.availability = value;
    }

    Optional<ModelAvailability> availability() {
        return Optional.ofNullable(availability);
    }

    @Nullable
    Boolean retryHere() {
        return retryHere;
    }

    @Nullable
    Boolean tryNext() {
        return tryNext;
    }

    /** Shows the status and the kind, but not the server's text. */
    @Override
    public String toString() {
        return "WireError[" + status + ", " + kind() + "]";
    }
}
