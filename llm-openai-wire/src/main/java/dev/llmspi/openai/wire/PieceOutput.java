package dev.llmspi.openai.wire;

import java.io.OutputStream;
import java.util.Arrays;

/**
 * Takes what a generator writes and gives it out in pieces; what all of them come to is limited. A piece that comes in
 * one go, as most do, is copied once.
 */
final class PieceOutput extends OutputStream {

    /** More was written than the limit allows. */
    static final class TooLargeException extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooLargeException() {
            super(null, null, false, false);
        }
    }

    private static final byte[] NOTHING = {};

    private long left;
    private byte[] piece = NOTHING;
    private int length;

    /** @param limit in bytes */
    PieceOutput(int limit) {
        this.left = limit;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
        count(count);
        if (length == 0) {
            piece = Arrays.copyOfRange(bytes, offset, offset + count);
        } else {
            if (piece.length - length < count) {
                piece = Arrays.copyOf(piece, Math.max(length + count, 2 * length));
            }
            System.arraycopy(bytes, offset, piece, length, count);
        }
        length += count;
    }

    /** Counts bytes that do not come this way. */
    void count(int bytes) {
        left -= bytes;
        if (left < 0) {
            throw new TooLargeException();
        }
    }

    /** What was written since the last call of this. */
    byte[] take() {
        byte[] taken = length == piece.length ? piece : Arrays.copyOf(piece, length);
        piece = NOTHING;
        length = 0;
        return taken;
    }
}
