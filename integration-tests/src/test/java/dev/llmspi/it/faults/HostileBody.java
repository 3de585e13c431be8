package dev.llmspi.it.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.it.server.Connection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Answers that are made to fill a memory or to keep a processor busy. */
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
    HEAD_WITHOUT_END("HTTP/1.1 200 OK\r\n", "", "X-A: b\r\n", 1);

    /** The first lines of an answer. */
    private static final class Head {
        static final String JSON = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
        static final String EVENTS = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
        static final String ERROR = "HTTP/1.1 500 Hm\r\nContent-Type: application/json\r\n\r\n";
        static final String GZIPPED_JSON = gzipped(JSON);
        static final String GZIPPED_EVENTS = gzipped(EVENTS);
        static final String GZIPPED_ERROR = gzipped(ERROR);

        private static String gzipped(String head) {
            return head.replace("\r\n\r\n", "\r\nContent-Encoding: gzip\r\n\r\n");
        }

        /** A text, then 100 MiB in 100 KiB. */
        static String bomb(String begun) {
            ByteArrayOutputStream bomb = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
                gzip.write(begun.getBytes(ISO_8859_1));
                byte[] zeros = new byte[1 << 20];
                for (int i = 0; i < 100; i++) {
                    gzip.write(zeros);
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return bomb.toString(ISO_8859_1);
        }
    }

    private static final int MIB = 1 << 20;
    private static final int PIECE = 256 * 1024;

    private final byte[] begun;
    private final byte[] piece;
    private final boolean again;
    private final long limit;

    /**
     * @param begun what stands before what comes again and again; null: it comes once
     * @param mebibytes how much of it may be read
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

    /** Whether it is the answer to a call for a stream. */
    boolean isStream() {
        return name().startsWith("STREAM");
    }

    ErrorKind kind() {
        return this == HEAD_WITHOUT_END ? ErrorKind.CONNECTION : ErrorKind.SERVICE;
    }

    /** How many of its bytes a client may read at most. */
    long limit() {
        return limit;
    }

    /** Sends for as long as the client is there; near the limit no piece before the last one was read, so that it counts. */
    void send(Connection connection, AtomicLong read) throws IOException {
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
                    connection.awaitRead();
                }
            }
            connection.close();
        } finally {
            read.accumulateAndGet(sent, Math::max);
        }
    }
}
