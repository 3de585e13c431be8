package dev.llmspi.openai.wire.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The bytes that a server sends on a connection. Over HTTP/1.1, a read ends where the head or the body of an answer
 * ends, so that OkHttp never buffers bytes after the end of an answer. Otherwise the next request on the connection
 * would take such bytes as its answer. Used by one thread at a time.
 */
final class AnswerInput extends FilterInputStream {

    private enum Part {
        /** Everything is passed on: HTTP/2, a TLS handshake, or a body that ends when the connection is closed. */
        UNLIMITED,
        HEAD,
        /** A body of known length. */
        LENGTH,
        CHUNK_SIZE,
        CHUNK_DATA,
        CHUNK_END,
        TRAILERS,
        /** The answer is complete, so the server should not send anything. */
        COMPLETE
    }

    private static final byte[] NOTHING = {};

    private Part part = Part.UNLIMITED;
    /** The number of bytes that are left in the body or the chunk, or the size of the chunk that is being read. */
    private long left;
    /** The number of bytes in the current line, without the line feed. */
    private int lineLength;

    private byte lineStart;
    private boolean sizeIsRead;

    /** Bytes after the end of a part, which have been read from the connection and not passed on. */
    private byte[] ahead = NOTHING;

    private int aheadFrom;
    private int aheadTo;

    AnswerInput(InputStream in) {
        super(in);
    }

    /** Called before a request is sent over HTTP/1.1. The next bytes are the head of its answer. */
    void expectHead() {
        part = Part.HEAD;
        lineLength = 0;
    }

    /**
     * Called after OkHttp has read the head of an answer over HTTP/1.1.
     *
     * @param length the number of bytes in the body; negative if it is not known
     */
    void expectBody(long length, boolean chunked) {
        left = Math.max(0, length);
        if (length > 0) {
            part = Part.LENGTH;
        } else if (length == 0) {
            part = Part.COMPLETE;
        } else if (chunked) {
            expectChunk();
        } else {
            part = Part.UNLIMITED;
        }
    }

    /** Whether the last answer is complete and the server has sent nothing more. Over HTTP/2, always true. */
    boolean isAtItsEnd() {
        try {
            return part == Part.UNLIMITED || part == Part.COMPLETE && available() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public int available() throws IOException {
        return aheadTo - aheadFrom + in.available();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        int most = part == Part.LENGTH ? (int) Math.min(count, left) : count;
        int kept = Math.min(most, aheadTo - aheadFrom);
        if (kept == 0) {
            int read = in.read(bytes, offset, most);
            int passed = end(bytes, offset, offset + read) - offset;
            if (passed < read) {
                keep(bytes, offset + passed, read - passed);
            }
            return read < 0 ? read : passed;
        }
        int passed = end(ahead, aheadFrom, aheadFrom + kept) - aheadFrom;
        System.arraycopy(ahead, aheadFrom, bytes, offset, passed);
        aheadFrom += passed;
        return passed;
    }

    private void keep(byte[] bytes, int offset, int count) {
        if (ahead.length < count) {
            ahead = new byte[count];
        }
        System.arraycopy(bytes, offset, ahead, 0, count);
        aheadFrom = 0;
        aheadTo = count;
    }

    /** Returns the position after the last byte that belongs to the current part or, of a body, to the answer. */
    private int end(byte[] bytes, int from, int to) {
        if (part == Part.UNLIMITED) {
            return to;
        }
        int at = from;
        while (at < to && part != Part.COMPLETE) {
            if (part == Part.LENGTH || part == Part.CHUNK_DATA) {
                int skipped = (int) Math.min(left, to - at);
                at += skipped;
                left -= skipped;
                if (left == 0) {
                    part = part == Part.LENGTH ? Part.COMPLETE : Part.CHUNK_END;
                }
            } else if (endsPart(bytes[at++])) {
                return at;
            }
        }
        return at;
    }

    /** Reads a byte of a line. Returns whether the head ends with it. */
    private boolean endsPart(byte b) {
        if (b != '\n') {
            if (part == Part.CHUNK_SIZE) {
                readSize(b);
            }
            if (lineLength++ == 0) {
                lineStart = b;
            }
            return false;
        }
        boolean empty = lineLength == 0 || lineLength == 1 && lineStart == '\r';
        lineLength = 0;
        switch (part) {
            case CHUNK_SIZE -> part = left > 0 ? Part.CHUNK_DATA : left == 0 ? Part.TRAILERS : Part.UNLIMITED;
            case CHUNK_END -> expectChunk();
            case TRAILERS -> part = empty ? Part.COMPLETE : Part.TRAILERS;
            default -> {
                return empty; // further bytes may be the head after that of an interim answer
            }
        }
        return false;
    }

    private void expectChunk() {
        part = Part.CHUNK_SIZE;
        left = 0;
        lineLength = 0;
        sizeIsRead = false;
    }

    private void readSize(byte b) {
        int digit = sizeIsRead ? -1 : Character.digit(b, 16);
        if (digit < 0) {
            sizeIsRead = true;
        } else {
            left = left << 4 | digit;
        }
    }
}
