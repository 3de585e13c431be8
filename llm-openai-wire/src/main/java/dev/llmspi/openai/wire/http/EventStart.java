package dev.llmspi.openai.wire.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import okio.BufferedSource;
import okio.ByteString;

/**
 * Detects from the first bytes of a body whether it is a stream of server-sent events. The content type that servers
 * send is not reliable.
 */
final class EventStart {

    private static final List<ByteString> BEGINNINGS = beginnings();

    /** The maximum number of leading blanks. Some servers send blanks to keep a connection open. */
    private static final int MOST_BLANKS = 64 * 1024;

    private static final ByteString BYTE_ORDER_MARK = ByteString.decodeHex("efbbbf");

    private EventStart() {}

    private static List<ByteString> beginnings() {
        List<ByteString> beginnings = new ArrayList<>();
        beginnings.add(ByteString.encodeString(":", US_ASCII));
        for (SseField field : SseField.values()) {
            beginnings.add(ByteString.encodeString(field.beginning(), US_ASCII));
        }
        return beginnings;
    }

    /**
     * Whether a body starts like a stream of events. Blocks until this is certain or the body ends, and consumes no
     * bytes.
     */
    static boolean isAt(BufferedSource body) throws IOException {
        long start = body.request(1) && body.rangeEquals(0, BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.size() : 0;
        while (start < MOST_BLANKS
                && body.request(start + 1)
                && isBlank(body.getBuffer().getByte(start))) {
            start++;
        }
        for (ByteString field : BEGINNINGS) {
            if (body.rangeEquals(start, field)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }
}
