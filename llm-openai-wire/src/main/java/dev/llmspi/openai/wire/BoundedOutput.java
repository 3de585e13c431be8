package dev.llmspi.openai.wire;

import java.io.ByteArrayOutputStream;

/** Bytes in memory up to a limit. */
final class BoundedOutput extends ByteArrayOutputStream {

    /** More was written than the limit allows. */
    static final class TooLargeException extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooLargeException() {
            super(null, null, false, false);
        }
    }

    private final int limit;

    BoundedOutput(int expected, int limit) {
        super(Math.min(expected, limit));
        this.limit = limit;
    }

    @Override
    public void write(int b) {
        ensure(1);
        super.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        ensure(length);
        super.write(bytes, offset, length);
    }

    private void ensure(int more) {
        if (more > limit - count) {
            throw new TooLargeException();
        }
    }
}
