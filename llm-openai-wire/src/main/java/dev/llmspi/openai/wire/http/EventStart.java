package dev.llmspi.openai.wire.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import okio.BufferedSource;
import okio.ByteString;

/**
 * Tells by its first bytes whether a body is a stream of server-sent events. Servers announce streams as all kinds of
 * things.
 */
final class EventStart {

    private static final List<ByteString> BEGINNINGS = beginnings();

    /** Servers may send blanks to keep a connection open; after so many it is no stream. */
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

    /** Blocks until it is certain, or the body ends; reads nothing away. */
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
