package dev.llmspi.openai.wire.http;

import java.io.IOException;
import okio.BufferedSink;

/**
 * A JSON body in pieces, sent one behind the other: an object whose last member is an array, each element a piece of
 * its own. So a long conversation is never copied into one array, and what was written for an earlier call is sent as
 * it stands.
 */
public final class JsonBody {

    /**
     * As much as the library's buffers hold in one: more at once would make it take new ones, less goes out of those it
     * has.
     */
    private static final int AT_ONCE = 8 * 1024;

    private static final byte[] NOTHING = {};
    private static final byte[] END = {']', '}'};

    private final byte[] json;
    /** How much of it is sent: all, or all but the bracket that ends it. */
    private final int jsonLength;

    private final byte[] member;
    private final byte[][] elements;
    private final byte[] end;

    private JsonBody(byte[] json, int jsonLength, byte[] member, byte[][] elements, byte[] end) {
        this.json = json;
        this.jsonLength = jsonLength;
        this.member = member;
        this.elements = elements;
        this.end = end;
    }

    /** A body in one piece. */
    public static JsonBody of(byte[] json) {
        return new JsonBody(json, json.length, NOTHING, new byte[0][], NOTHING);
    }

    /**
     * An object with one more member behind those it has.
     *
     * @param object an object that is not empty
     * @param member what stands before the elements, such as {@code ,"messages":[}
     * @param elements JSON values; nobody changes them any more
     */
    public static JsonBody of(byte[] object, byte[] member, byte[][] elements) {
        return new JsonBody(object, object.length - 1, member, elements, END);
    }

    long length() {
        long length = jsonLength + member.length + end.length + Math.max(0, elements.length - 1L);
        for (byte[] element : elements) {
            length += element.length;
        }
        return length;
    }

    void writeTo(BufferedSink sink) throws IOException {
        write(sink, json, jsonLength);
        sink.write(member);
        for (int i = 0; i < elements.length; i++) {
            if (i > 0) {
                sink.writeByte(',');
            }
            write(sink, elements[i], elements[i].length);
        }
        sink.write(end);
    }

    private static void write(BufferedSink sink, byte[] piece, int length) throws IOException {
        for (int at = 0; at < length; at += AT_ONCE) {
            sink.write(piece, at, Math.min(AT_ONCE, length - at));
        }
    }
}
