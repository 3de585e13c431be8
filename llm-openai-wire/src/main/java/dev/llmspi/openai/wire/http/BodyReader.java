package dev.llmspi.openai.wire.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads bodies up to a limit; what is counted are the bytes after decompression. */
final class BodyReader {

    /** The body is larger than allowed. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1;
    }

    private static final int FIRST_CHUNK = 8 * 1024;

    private BodyReader() {}

    /** The whole body. */
    static byte[] whole(InputStream body, long announced, int limit) throws IOException {
        if (announced > limit) {
            throw new TooLargeException();
        }
        int room = announced > 0 ? (int) announced + 1 : FIRST_CHUNK;
        byte[] bytes = new byte[room];
        int length = 0;
        for (int count; (count = body.read(bytes, length, bytes.length - length)) >= 0; ) {
            length += count;
            if (length > limit) {
                throw new TooLargeException();
            }
            if (length == bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(bytes.length * 2, limit + 1));
            }
        }
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    /** The beginning of a body whose status has told enough already: where it breaks off does not matter. */
    static byte[] beginning(InputStream body, int limit) {
        byte[] bytes = new byte[limit];
        int length = 0;
        try {
            for (int count; length < limit && (count = body.read(bytes, length, limit - length)) >= 0; ) {
                length += count;
            }
        } catch (IOException e) {
            // the status decides
        }
        return Arrays.copyOf(bytes, length);
    }
}
