package dev.llmspi.openai.wire.http;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * The JSON body of a POST request, stored in pieces. It is an object whose last member is an array, and each element of
 * this array is one piece. A long conversation is therefore never copied into one byte array, and the bytes of earlier
 * calls are sent again unchanged.
 */
public final class JsonBody extends RequestBody {

    /** The size of OkHttp's buffers. A larger write would allocate new buffers instead of reusing the existing ones. */
    private static final int BUFFER = 8 * 1024;

    private static final byte[] NOTHING = {};
    private static final byte[] END = {']', '}'};

    private final byte[] json;
    /** The number of bytes of {@link #json} to send: either all bytes, or all except the closing bracket. */
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

    /** Returns a body that consists of one piece. */
    public static JsonBody of(byte[] json) {
        return new JsonBody(json, json.length, NOTHING, new byte[0][], NOTHING);
    }

    /**
     * Returns a body that consists of an object and one more member after the object's existing members.
     *
     * @param member the text before the elements, such as {@code ,"messages":[}; without the comma if the object is
     *     empty
     * @param elements the elements as JSON; must not be modified afterwards
     */
    public static JsonBody of(byte[] object, byte[] member, byte[][] elements) {
        return new JsonBody(object, object.length - 1, member, elements, END);
    }

    /**
     * Returns null, because {@link RequestHead} sends the content type as a header. OkHttp would parse a media type
     * with regular expressions, which would slow down the first call.
     */
    @Override
    public @Nullable MediaType contentType() {
        return null;
    }

    @Override
    public long contentLength() {
        long length = jsonLength + member.length + end.length + Math.max(0, elements.length - 1L);
        for (byte[] element : elements) {
            length += element.length;
        }
        return length;
    }

    /** Prevents OkHttp from silently sending the request again after a 408, 421 or 503. */
    @Override
    public boolean isOneShot() {
        return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
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
        for (int at = 0; at < length; at += BUFFER) {
            sink.write(piece, at, Math.min(BUFFER, length - at));
        }
    }
}
