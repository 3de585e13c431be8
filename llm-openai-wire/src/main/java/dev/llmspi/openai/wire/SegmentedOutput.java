package dev.llmspi.openai.wire;

import dev.llmspi.api.Cancellation;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Collects the output of a JSON generator and returns it in segments. The total length of all segments is limited. A
 * segment that arrives in a single write, as most segments do, is copied only once.
 */
final class SegmentedOutput extends OutputStream {

    /** Thrown if the output exceeds the limit. */
    static final class TooLargeException extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooLargeException() {
            super(null, null, false, false);
        }
    }

    /** Thrown if the call has ended. */
    static final class EndedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        EndedException() {
            super(null, null, false, false);
        }
    }

    private static final byte[] NOTHING = {};

    private final Cancellation ended;
    private long left;
    private byte[] segment = NOTHING;
    private int length;

    /**
     * @param limit the maximum total length, in bytes
     * @param ended whether the call has ended, so that the output is no longer needed
     */
    SegmentedOutput(int limit, Cancellation ended) {
        this.left = limit;
        this.ended = ended;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
        count(count);
        if (length == 0) {
            segment = Arrays.copyOfRange(bytes, offset, offset + count);
        } else {
            if (segment.length - length < count) {
                segment = Arrays.copyOf(segment, Math.max(length + count, 2 * length));
            }
            System.arraycopy(bytes, offset, segment, length, count);
        }
        length += count;
    }

    /** Counts bytes towards the limit. Also called for bytes that are not written to this output. */
    void count(int bytes) {
        if (ended.isCancelled()) {
            throw new EndedException();
        }
        left -= bytes;
        if (left < 0) {
            throw new TooLargeException();
        }
    }

    /** Returns the bytes that were written since the last call of this method. */
    byte[] take() {
        byte[] taken = length == segment.length ? segment : Arrays.copyOf(segment, length);
        segment = NOTHING;
        length = 0;
        return taken;
    }
}
