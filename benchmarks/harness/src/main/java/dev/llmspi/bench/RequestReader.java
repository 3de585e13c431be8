package dev.llmspi.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** Finds the boundaries of requests without parsing their bodies. */
final class RequestReader {

    private static final int ROOM = 64 * 1024;
    private static final long CHUNKED = -1;
    private static final byte[] LAST_CHUNK = {'0', '\r', '\n', '\r', '\n'};

    private final ByteBuffer bytes = ByteBuffer.allocate(ROOM);
    /** The remaining bytes of the body, or {@link #CHUNKED} until the last chunk. */
    private long left;
    /** The path of the request whose body is being read. */
    private String path;

    /** Returns the buffer to read into. After each read, call {@link #next} until it returns null. */
    ByteBuffer room() {
        return bytes;
    }

    /** Returns the path of the next complete request, or null if there is none. */
    String next() {
        if (path == null && !readHead()) {
            return null;
        }
        if (!skipBody()) {
            return null;
        }
        String whole = path;
        path = null;
        return whole;
    }

    private boolean readHead() {
        int end = end();
        if (end < 0) {
            return false;
        }
        String head = new String(bytes.array(), 0, end, StandardCharsets.ISO_8859_1);
        path = head.split(" ", 3)[1];
        left = length(head.toLowerCase(Locale.ROOT));
        drop(end);
        return true;
    }

    private int end() {
        byte[] array = bytes.array();
        for (int i = 3; i < bytes.position(); i++) {
            if (array[i] == '\n' && array[i - 2] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    private static long length(String head) {
        int at = head.indexOf("\r\ncontent-length:");
        if (at >= 0) {
            int start = at + "\r\ncontent-length:".length();
            return Long.parseLong(
                    head.substring(start, head.indexOf('\r', start)).strip());
        }
        return head.contains("\r\ntransfer-encoding:") ? CHUNKED : 0;
    }

    private boolean skipBody() {
        return left == CHUNKED ? skipToLastChunk() : skipCounted();
    }

    private boolean skipCounted() {
        int skipped = (int) Math.min(left, bytes.position());
        left -= skipped;
        drop(skipped);
        return left == 0;
    }

    private boolean skipToLastChunk() {
        int end = bytes.position();
        boolean last = end >= LAST_CHUNK.length
                && Arrays.equals(bytes.array(), end - LAST_CHUNK.length, end, LAST_CHUNK, 0, LAST_CHUNK.length);
        // Keeps the last bytes, because the last chunk may be split between two reads.
        drop(last ? end : Math.max(0, end - LAST_CHUNK.length));
        return last;
    }

    private void drop(int count) {
        bytes.flip().position(count);
        bytes.compact();
    }
}
