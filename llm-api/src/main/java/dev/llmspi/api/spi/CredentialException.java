package dev.llmspi.api.spi;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a {@link Credential} that cannot supply a key. The message becomes part of the error that the caller
 * receives, so it names the source and says what is wrong, and never contains a key.
 */
public final class CredentialException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final boolean timeout;

    /** @param message the source and its problem, without any key */
    public CredentialException(String message) {
        this(message, null);
    }

    /** @param message the source and its problem, without any key */
    public CredentialException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.timeout = false;
    }

    private CredentialException(String message, boolean timeout) {
        super(message);
        this.timeout = timeout;
    }

    static CredentialException unanswered(String source) {
        return new CredentialException(source + " has not answered yet", true);
    }

    /** Creates the error of a question that waited for earlier ones, which may never end. */
    static CredentialException busy(String source, int earlier) {
        return new CredentialException(
                source + " has not answered yet: " + earlier + " earlier questions have not ended", true);
    }

    /** Returns whether the source had not answered when the attempt's time ended or the call was cancelled. */
    public boolean isTimeout() {
        return timeout;
    }
}
