package dev.llmspi.it.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.it.server.SocketQueues;
import dev.llmspi.testkit.loopback.HttpText;
import dev.llmspi.testkit.loopback.LoopbackConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Answers that try to exhaust the memory or to keep the processor busy. */
enum HostileBody {
    ENDLESS_TEXT(Head.JSON, "{\"choices\":[{\"message\":{\"content\":\"", "x".repeat(100), 16),
    ENDLESS_BLANKS(Head.JSON, "", " ".repeat(100), 16),
    ENDLESS_OBJECTS(Head.JSON, "{\"choices\":[", "{},", 16),
    ENDLESS_PASSED_OVER(Head.JSON, "{\"choices\":[{\"message\":{\"images\":[\"", "x".repeat(100), 16),
    ENDLESS_HTML(Head.JSON, "<html>", "<p>sign in</p>\n", 16),
    SIX_MEGABYTES_OF_NAMES(Head.JSON, null, names(590_000), 16),
    FIFTEEN_MEGABYTES_OF_TEXT(Head.JSON, null, "{\"a\":\"" + "x".repeat(15 << 20) + "\"}", 16),
    FIFTEEN_MEGABYTES_OF_LISTS(Head.JSON, null, "{\"a\":[" + "[1,{}],".repeat(2_200_000) + "1]}", 16),
    DEEP(Head.JSON, null, "{\"a\":".repeat(2_000_000), 16),
    LONG_NUMBER(Head.JSON, null, "{\"a\":" + "9".repeat(10 << 20) + "}", 16),
    LONG_NAME(Head.JSON, null, "{\"" + "n".repeat(10 << 20) + "\":1}", 16),
    BOMB(Head.GZIPPED_JSON, null, Head.bomb("{\"a\":\""), 1),
    ERROR_WITHOUT_END(Head.ERROR, "{\"error\":{\"message\":\"", "x".repeat(100), 0),
    ERROR_BOMB(Head.GZIPPED_ERROR, null, Head.bomb("{\"error\":["), 1),
    STREAM_LINE(Head.EVENTS, "data: {\"choices\":[{\"delta\":{\"content\":\"", "x".repeat(100), 4),
    STREAM_EVENT(Head.EVENTS, "", "data: [1,2,3,4,5,6,7,8,9]\n", 4),
    STREAM_COMMENTS(Head.EVENTS, "", ": " + "keep-alive ".repeat(20) + "\n\n", 64),
    STREAM_LARGE_MEMBERS(Head.EVENTS, "", "data: {\"a\":\"" + "x".repeat(3 << 20) + "\"}\n\n", 64),
    STREAM_CALLS(Head.EVENTS, "", "data: " + calls() + "\n\n", 64),
    STREAM_TEXT(
            Head.EVENTS, "", "data: {\"choices\":[{\"delta\":{\"content\":\"" + "x".repeat(99_999) + "\"}}]}\n\n", 64),
    STREAM_BOMB(Head.GZIPPED_EVENTS, null, Head.bomb("data: {\"choices\":[]}\n\n"), 1),
    CHUNK_SIZE_WITHOUT_END(Head.CHUNKED_JSON, "", "0", 1),
    CHUNK_EXTENSION_WITHOUT_END(Head.CHUNKED_JSON, "5;a=", "x", 1),
    STREAM_CHUNK_END_WITHOUT_END(Head.CHUNKED_EVENTS, "1\r\n ", "x", 1),
    STREAM_CHUNK_EXTENSIONS(Head.CHUNKED_EVENTS, "", "1;" + "x".repeat(8185) + "\r\n \r\n", 5),
    HEAD_WITHOUT_END("HTTP/1.1 200 OK\r\n", "", "X-A: b\r\n", 1);

    private static final class Head {
        static final String JSON = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
        static final String EVENTS = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
        static final String ERROR = "HTTP/1.1 500 Hm\r\nContent-Type: application/json\r\n\r\n";
        static final String CHUNKED_JSON = chunked(JSON);
        static final String CHUNKED_EVENTS = chunked(EVENTS);
        static final String GZIPPED_JSON = gzipped(JSON);
        static final String GZIPPED_EVENTS = gzipped(EVENTS);
        static final String GZIPPED_ERROR = gzipped(ERROR);

        private static String gzipped(String head) {
            return head.replace("\r\n\r\n", "\r\nContent-Encoding: gzip\r\n\r\n");
        }

        private static String chunked(String head) {
            return head.replace("\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n");
        }

        /** Returns the given text followed by 100 MiB of zeros, compressed to about 100 KiB. */
        static String bomb(String begun) {
            List<byte[]> pieces = new ArrayList<>(List.of(begun.getBytes(ISO_8859_1)));
            pieces.addAll(Collections.nCopies(100, new byte[1 << 20]));
            return new String(HttpText.gzip(pieces), ISO_8859_1);
        }
    }

    private static final int MIB = 1 << 20;
    private static final int PIECE = 256 * 1024;

    private final byte[] begun;
    private final byte[] piece;
    private final boolean again;
    private final long limit;

    /**
     * @param begun the bytes before the repeated part, or null if the part is sent only once
     * @param mebibytes the number of MiB that a client may read at most
     */
    HostileBody(String head, @Nullable String begun, String piece, int mebibytes) {
        this.begun = (head + (begun == null ? "" : begun)).getBytes(ISO_8859_1);
        this.again = begun != null;
        this.piece =
                piece.repeat(again ? Math.max(1, PIECE / piece.length()) : 1).getBytes(ISO_8859_1);
        this.limit = (long) mebibytes * MIB;
    }

    private static String names(int count) {
        StringBuilder names = new StringBuilder("{");
        for (int i = 0; i < count; i++) {
            names.append('"').append(i).append("\":1,");
        }
        return names.append("\"\":1}").toString();
    }

    private static String calls() {
        StringBuilder calls = new StringBuilder("{\"choices\":[{\"delta\":{\"tool_calls\":[");
        for (int i = 0; i < 20_000; i++) {
            calls.append("{\"index\":").append(i).append(",\"function\":{\"name\":\"f\"}},");
        }
        return calls.append("{}]}}]}").toString();
    }

    /** Returns whether this body answers a streaming call. */
    boolean isStream() {
        return name().startsWith("STREAM");
    }

    ErrorKind kind() {
        return this == HEAD_WITHOUT_END ? ErrorKind.CONNECTION : ErrorKind.SERVICE;
    }

    /** Returns the maximum number of bytes that a client may read. */
    long limit() {
        return limit;
    }

    /**
     * Sends data until the client disconnects. Near the limit, it sends each piece only after the client has read the
     * previous one, so that the count is exact.
     */
    void send(LoopbackConnection connection, AtomicLong read) throws IOException {
        long sent = 0;
        try {
            connection.write(begun);
            sent = begun.length;
            for (int offset = 0;
                    offset < piece.length;
                    offset = again ? (offset + PIECE) % piece.length : offset + PIECE) {
                int length = Math.min(PIECE, piece.length - offset);
                connection.write(Arrays.copyOfRange(piece, offset, offset + length));
                sent += length;
                if (sent > limit - MIB / 4) {
                    SocketQueues.awaitRead(connection);
                }
            }
            connection.close();
        } finally {
            read.accumulateAndGet(sent, Math::max);
        }
    }
}
