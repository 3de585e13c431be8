package dev.llmspi.openai.wire.http;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if no complete reply arrived. The message never quotes what a library or server says about headers or URLs.
 */
public final class TransportException extends Exception {

    private static final long serialVersionUID = 1;

    private final ErrorKind kind;
    private final ErrorReason reason;
    private final boolean sent;
    private final int status;

    public TransportException(
            ErrorKind kind, ErrorReason reason, boolean sent, int status, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.reason = reason;
        this.sent = sent;
        this.status = status;
    }

    public ErrorKind kind() {
        return kind;
    }

    public ErrorReason reason() {
        return reason;
    }

    /** Whether any byte of the request may have been sent. */
    public boolean sent() {
        return sent;
    }

    /** Returns the HTTP status; 0 if no status arrived. */
    public int status() {
        return status;
    }
}
