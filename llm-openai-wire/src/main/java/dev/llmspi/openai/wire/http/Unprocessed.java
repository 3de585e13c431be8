package dev.llmspi.openai.wire.http;

import java.io.IOException;

/**
 * Recognises the failures after which HTTP/2 guarantees that the server has not processed the request (RFC 9113,
 * section 8.7). OkHttp exports neither of its two exceptions, so their names and the message are compared here, and
 * {@code Http2Test} fails if a new version of OkHttp changes them.
 */
final class Unprocessed {

    /** Thrown before anything is written, because the server has announced the end of the connection. */
    private static final String SHUTDOWN = "okhttp3.internal.http2.ConnectionShutdownException";

    /**
     * The message if the server refused the stream, or if the stream's number is higher than the last one that the
     * server will process according to its GOAWAY.
     */
    private static final String REFUSED = "stream was reset: REFUSED_STREAM";

    private Unprocessed() {}

    /**
     * Whether the server has certainly not processed the request that failed like this. If the rest of a large body
     * waited for the window, writing fails first, and OkHttp adds the reason as a suppressed exception.
     */
    static boolean is(IOException e) {
        if (isReason(e)) {
            return true;
        }
        for (Throwable suppressed : e.getSuppressed()) {
            if (isReason(suppressed)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isReason(Throwable e) {
        return REFUSED.equals(e.getMessage()) || SHUTDOWN.equals(e.getClass().getName());
    }
}
