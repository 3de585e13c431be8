package dev.llmspi.openai.wire.http;

import java.io.IOException;
import okio.BufferedSink;

/**
 * A JSON body in pieces, sent one behind the other: an object whose last member is an array, each element a piece of its own. So a
 * long conversation is never copied into one array, and what was written for an earlier call is sent as it stands.
 */
public final class JsonBody {

    /** As much as the library's buffers hold in one: more at once would make it take new ones, less goes out of those it has. */
    private static final int AT_ONCE = 8 * 1024;

    private static final byte[] NOTHING = {};
    private static final byte[] END = {']', '}'};

    private final byte[] head;
    private final byte[][] elements;
    private final byte[] end;

    private JsonBody(byte[] head, byte[][] elements, byte[] end) {
        this.head = head;
        this.elements = elements;
        this.end = end;
    }

    /** A body in one piece. */
    public static JsonBody of(byte[] json) {
        return new JsonBody(json, new byte[0][], NOTHING);
    }

    /**
     * An object that ends with an array.
     *
     * @param head everything up to the bracket that begins the array
     * @param elements JSON values; nobody changes them any more
     */
    public static JsonBody of(byte[] head, byte[][] elements) {
        return new JsonBody(head, elements, END);
    }

    long length() {
        long length = head.length + end.length + Math.max(0, elements.length - 1L);
        for (byte[] element : elements) {
            length += element.length;
        }
        return length;
    }

    void writeTo(BufferedSink sink) throws IOException {
        write(sink, head);
        for (int i = 0; i < elements.length; i++) {
            if (i > 0) {
                sink.writeByte(',');
            }
            write(sink, elements[i]);
        }
        write(sink, end);
    }

    private static void write(BufferedSink sink, byte[] piece) throws IOException {
        for (int at = 0; at < piece.length; at += AT_ONCE) {
            sink.write(piece, at, Math.min(AT_ONCE, piece.length - at));
        }
    }
}
