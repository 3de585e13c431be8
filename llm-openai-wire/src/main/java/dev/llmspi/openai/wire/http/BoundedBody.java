package dev.llmspi.openai.wire.http;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A body up to a limit; what is counted are the bytes after decompression. Remembers why it broke off, so that it can
 * be told from what a parser does not like.
 */
final class BoundedBody extends InputStream {

    /** The body, or a piece of it, is larger than allowed. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1;
    }

    private static final int DRAINED_AT_ONCE = 8 * 1024;

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

    /** Reads what nobody has read: only the end proves that the body is whole. */
    void drain() throws IOException {
        if (failure != null) {
            throw failure;
        }
        if (read() < 0) {
            return; // as a rule; nothing to make room for
        }
        byte[] dropped = new byte[DRAINED_AT_ONCE];
        while (read(dropped, 0, dropped.length) >= 0) {
            // counted by read
        }
    }
}
