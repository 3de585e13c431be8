package dev.llmspi.openai.wire;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An error while it is being understood: what the server sent, and what is made of it so far. The common rules have
 * filled it in when a dialect gets it; the dialect may correct the verdict. Texts need no redaction: that is done
 * afterwards. Belongs to one thread.
 */
public final class WireError {

    private final WireReply reply;
    private final ErrorBody body;
    private final int status;
    private final @Nullable Duration retryAfter;
    private ErrorKind kind = ErrorKind.SERVICE;
    private @Nullable ErrorReason reason;
    private @Nullable Boolean retryHere;
    private @Nullable Boolean tryNext;
    private String message;
    private @Nullable String code;
    private boolean told;

    WireError(WireReply reply, ErrorBody body, @Nullable Duration retryAfter) {
        this.reply = reply;
        this.retryAfter = retryAfter;
        this.body = body;
        this.message = body.message();
        this.code = body.code().orElse(null);
        this.status = body.status(reply);
        judgeByStatus(status);
        refine();
    }

    private ErrorTable.@Nullable Verdict byWord() {
        ErrorTable.Verdict byBareCode =
                body.bareCode().map(word -> ErrorTable.byWord(word, status)).orElse(null);
        if (byBareCode != null) {
            return byBareCode;
        }
        ErrorTable.Verdict byCode = code == null ? null : ErrorTable.byWord(code, status);
        return byCode != null
                ? byCode
                : body.type().map(type -> ErrorTable.byWord(type, status)).orElse(null);
    }

    /** The reply; its status may be 200, its body is the whole body. */
    public WireReply reply() {
        return reply;
    }

    /** The HTTP status, or the one the body of a 200 names; 200 if it names none. */
    public int status() {
        return status;
    }

    /** The status the body names, whatever the HTTP status; 0 if none. */
    public int bodyStatus() {
        return body.status();
    }

    /** The body; empty if it was no JSON object. */
    public JsonObject body() {
        return body.body();
    }

    /** The object under {@code error}; empty if there is none. */
    public JsonObject error() {
        return body.error();
    }

    /** What the server says; {@code ""} if nothing. */
    public String message() {
        return message;
    }

    /** Shows another text instead of the server's. */
    public void message(String text) {
        this.message = Objects.requireNonNull(text, "text");
    }

    /** The server's code, or its type of error. */
    public Optional<String> code() {
        return Optional.ofNullable(code);
    }

    public void code(String word) {
        this.code = Objects.requireNonNull(word, "word");
    }

    /** How long the server asked to wait. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    public ErrorKind kind() {
        return kind;
    }

    public Optional<ErrorReason> reason() {
        return Optional.ofNullable(reason);
    }

    /** Judges anew, by kind and finer case; what overrode the former kind's columns is forgotten. */
    public void judge(ErrorKind newKind, @Nullable ErrorReason finerCase) {
        judge(new ErrorTable.Verdict(newKind, finerCase));
    }

    /** Judges anew, by a status. */
    public void judgeByStatus(int httpStatus) {
        judge(ErrorTable.byStatus(httpStatus));
    }

    /** Looks again whether code, type or message say more than the status, after one of them was replaced. */
    public void refine() {
        ErrorTable.Verdict byWord = byWord();
        told = byWord != null;
        ErrorTable.Verdict finer = byWord != null ? byWord : ErrorTable.byText(message, status);
        if (finer != null) {
            judge(finer);
        }
    }

    /** Whether the server's code or type was a word that tells what happened. */
    public boolean isTold() {
        return told;
    }

    /** Overrides the kind on asking the same provider again. */
    public void retryHere(boolean yes) {
        this.retryHere = yes;
    }

    /** Overrides the kind on asking the next provider. */
    public void tryNext(boolean yes) {
        this.tryNext = yes;
    }

    @Nullable
    Boolean retryHere() {
        return retryHere;
    }

    @Nullable
    Boolean tryNext() {
        return tryNext;
    }

    private void judge(ErrorTable.Verdict verdict) {
        kind = verdict.kind();
        reason = verdict.reason();
        retryHere = verdict.retryHere();
        tryNext = verdict.tryNext();
    }

    /** Does not show the server's text. */
    @Override
    public String toString() {
        return "WireError[" + status + ", " + kind + "]";
    }
}
