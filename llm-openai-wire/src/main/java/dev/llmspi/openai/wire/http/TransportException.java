package dev.llmspi.openai.wire.http;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import org.jspecify.annotations.Nullable;

/** No whole reply came. The message is ours: it never repeats what a library or a server said about headers or URLs. */
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

    /** Whether any byte of the request may have gone out. */
    public boolean sent() {
        return sent;
    }

    /** The HTTP status if the head of a reply had come; else 0. */
    public int status() {
        return status;
    }
}
