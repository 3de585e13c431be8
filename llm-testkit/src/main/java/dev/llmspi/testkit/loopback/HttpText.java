package dev.llmspi.testkit.loopback;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/** Writes the parts of an HTTP response as bytes. */
public final class HttpText {

    private HttpText() {}

    /** Returns the head and the body of a response. */
    public static byte[] response(int status, String contentType, String body, String... headers) {
        byte[] bytes = body.getBytes(UTF_8);
        ByteArrayOutputStream response = new ByteArrayOutputStream();
        response.writeBytes(head(status, contentType, bytes.length, headers));
        response.writeBytes(bytes);
        return response.toByteArray();
    }

    /** Returns the head of a response with the given length, and half of its body. */
    public static byte[] cut(int status, String contentType, String body) {
        ByteArrayOutputStream response = new ByteArrayOutputStream();
        response.writeBytes(head(status, contentType, body.getBytes(UTF_8).length));
        response.writeBytes(body.substring(0, body.length() / 2).getBytes(UTF_8));
        return response.toByteArray();
    }

    /** Returns the head of a response whose body has the given number of bytes. */
    public static byte[] head(int status, String contentType, int length, String... headers) {
        return head(status, contentType, "Content-Length: " + length, headers);
    }

    /**
     * Returns the status line and the headers of a response.
     *
     * @param contentType the content type; {@code ""} for none
     * @param framing the header line that tells where the body ends
     * @param headers further header lines; a second Content-Length is omitted
     */
    public static byte[] head(int status, String contentType, String framing, String... headers) {
        StringBuilder head = new StringBuilder("HTTP/1.1 %d Fake\r\n".formatted(status));
        if (!contentType.isEmpty()) {
            head.append("Content-Type: ").append(contentType).append("\r\n");
        }
        head.append(framing).append("\r\n");
        for (String header : headers) {
            if (!header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                head.append(header).append("\r\n");
            }
        }
        return head.append("\r\n").toString().getBytes(UTF_8);
    }

    /** Returns the head of a response with chunked encoding. */
    public static byte[] chunkedHead(int status, String contentType, String... headers) {
        return head(status, contentType, "Transfer-Encoding: chunked", headers);
    }

    /** Returns one chunk of a body with chunked encoding. An empty chunk would end the body. */
    public static byte[] chunk(byte[] bytes) {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream(bytes.length + 12);
        chunk.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(US_ASCII));
        chunk.writeBytes(bytes);
        chunk.writeBytes("\r\n".getBytes(US_ASCII));
        return chunk.toByteArray();
    }

    /** Returns the end of a body with chunked encoding. */
    public static byte[] lastChunk() {
        return "0\r\n\r\n".getBytes(US_ASCII);
    }

    /** Returns the pieces one after the other, compressed with gzip. */
    public static byte[] gzip(List<byte[]> pieces) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            for (byte[] piece : pieces) {
                gzip.write(piece);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compressed.toByteArray();
    }
}
