package dev.llmspi.openai.wire.http;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Limits the length of a body, which is counted in bytes after decompression. Connection failures are recorded, so that
 * they can be distinguished from parser failures.
 */
final class BoundedBody extends InputStream {

    /** Thrown if the body exceeds the limit. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1;
    }

    private static final int DRAIN_BUFFER = 8 * 1024;

    private final InputStream body;
    private final int limit;
    private long length;
    private @Nullable IOException failure;

    BoundedBody(InputStream body, int limit) {
        this.body = body;
        this.limit = limit;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        try {
            int read = body.read(bytes, offset, count);
            length += Math.max(read, 0);
            if (length > limit) {
                throw new TooLargeException();
            }
            return read;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** Reads the rest of the body, because only its end proves that the body is complete. */
    void drain() throws IOException {
        if (failure != null) {
            throw failure;
        }
        if (read() < 0) {
            return; // the usual case needs no buffer
        }
        byte[] dropped = new byte[DRAIN_BUFFER];
        while (read(dropped, 0, dropped.length) >= 0) {
            // the bytes are counted by read and then dropped
        }
    }
}
