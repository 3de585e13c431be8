package dev.llmspi.openai.wire.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Source;

/**
 * Limits the bytes that arrive for one answer: over HTTP/1.1 those of the connection, and over HTTP/2 those of a
 * compressed body. The bounds of a body do not
 * suffice, because they count decoded bytes: a line with the size of a chunk, or gzip data without content, can go on
 * for ever without a decoded byte. Used by one thread at a time.
 */
final class InputMeter {

    /**
     * The maximum number of bytes in a row from which no part of the body results. It is larger than the longest head
     * that OkHttp accepts, which is 256 KiB.
     */
    static final int MAX_WITHOUT_CONTENT = 512 * 1024;

    /**
     * The maximum number of bytes for each decoded byte. An event of 30 bytes needs twice its size if it comes in a
     * chunk and a TLS record of its own.
     */
    private static final int RAW_FOR_DECODED = 4;

    private static final int ALLOWANCE = 4 * 1024 * 1024;

    private long left = Long.MAX_VALUE;
    private long leftWithoutContent = Long.MAX_VALUE;

    /** Begins to count an answer. */
    void begin() {
        left = ALLOWANCE;
        leftWithoutContent = MAX_WITHOUT_CONTENT;
    }

    /** Called when a part of the body has been decoded. */
    void decoded(int bytes) {
        left += (long) RAW_FOR_DECODED * bytes;
        leftWithoutContent = MAX_WITHOUT_CONTENT;
    }

    boolean isExceeded() {
        return left < 0 || leftWithoutContent < 0;
    }

    private void count(long read) throws BoundedBody.TooLargeException {
        left -= read;
        leftWithoutContent -= read;
        if (isExceeded()) {
            throw new BoundedBody.TooLargeException();
        }
    }

    /** Returns a source that counts the bytes which are read from the given one. */
    Source counting(Source source) {
        return new ForwardingSource(source) {
            @Override
            public long read(Buffer sink, long byteCount) throws IOException {
                long read = super.read(sink, byteCount);
                count(Math.max(read, 0));
                return read;
            }
        };
    }

    /** Returns a stream that counts the bytes which are read from the given one. */
    InputStream counting(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                int read = in.read();
                count(read < 0 ? 0 : 1);
                return read;
            }

            @Override
            public int read(byte[] bytes, int offset, int count) throws IOException {
                int read = in.read(bytes, offset, count);
                count(Math.max(read, 0));
                return read;
            }
        };
    }
}
