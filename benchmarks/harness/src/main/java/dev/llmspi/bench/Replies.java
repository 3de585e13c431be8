package dev.llmspi.bench;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The server's replies, in OpenRouter's format. Each of them is built only once. */
final class Replies {

    private static final String ANSWER = """
            {"id":"gen-1764300000-k3JqTn0aVx7LmP2c","provider":"Acme","model":"acme/large-2026-11","object":"chat.completion",\
            "created":1764300000,"choices":[{"logprobs":null,"finish_reason":"stop","native_finish_reason":"stop","index":0,\
            "message":{"role":"assistant","content":"Sunlight is scattered by the molecules of the air, and the shorter the waves \
            the more: that is why the sky is blue, and why the sun is red when it sets.","refusal":null,"reasoning":null}}],\
            "usage":{"prompt_tokens":14,"completion_tokens":37,"total_tokens":51,"cost":0.00042,\
            "prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}}""";

    /**
     * The pieces of a stream's text as they are written in JSON, used in rotation. One piece in sixteen contains an
     * escape sequence.
     */
    private static final List<String> PIECES = List.of(
            "Sun", "light", " is", " scattered", " by", " the", " molecules", " of", " the", " air", ",", " blue",
            " most", " of", " all", ".\\n\\n");

    /** The template of a stream event, with a placeholder for the text. */
    private static final String CHUNK = """
            data: {"id":"gen-1764300000-k3JqTn0aVx7LmP2c","provider":"Acme","model":"acme/large-2026-11",\
            "object":"chat.completion.chunk","created":1764300000,"choices":[{"index":0,"delta":{"role":"assistant",\
            "content":"%s"},"finish_reason":null,"native_finish_reason":null,"logprobs":null}]}

            """;

    private static final String LAST = """
            data: {"id":"gen-1764300000-k3JqTn0aVx7LmP2c","provider":"Acme","model":"acme/large-2026-11",\
            "object":"chat.completion.chunk","created":1764300000,"choices":[{"index":0,"delta":{"role":"assistant",\
            "content":""},"finish_reason":"stop","native_finish_reason":"stop","logprobs":null}]}

            data: {"id":"gen-1764300000-k3JqTn0aVx7LmP2c","provider":"Acme","model":"acme/large-2026-11",\
            "object":"chat.completion.chunk","created":1764300000,"choices":[],"usage":{"prompt_tokens":14,\
            "completion_tokens":37,"total_tokens":51,"cost":0.00042}}

            data: [DONE]

            """;

    private final ByteBuffer answer = whole("200 OK", "application/json", ANSWER);
    private final ByteBuffer error = whole(
            "503 Service Unavailable", "application/json", "{\"error\":{\"code\":503,\"message\":\"overloaded\"}}");
    private final ByteBuffer streamHead = bytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            + "Cache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n");
    private final List<ByteBuffer> events =
            PIECES.stream().map(piece -> bytes(chunk(CHUNK.formatted(piece)))).toList();
    private final ByteBuffer lastEvents = bytes(chunk(LAST) + "0\r\n\r\n");
    private final Map<Integer, ByteBuffer> streams = new HashMap<>();

    ByteBuffer answer() {
        return answer.duplicate();
    }

    ByteBuffer error() {
        return error.duplicate();
    }

    ByteBuffer streamHead() {
        return streamHead.duplicate();
    }

    /** Returns the average size of an event in bytes. */
    static double eventLength() {
        return PIECES.stream().mapToInt(piece -> CHUNK.formatted(piece).length()).average().orElseThrow();
    }

    /** Returns the event at the given index of a stream. */
    ByteBuffer event(int place) {
        return events.get(place % events.size()).duplicate();
    }

    ByteBuffer lastEvents() {
        return lastEvents.duplicate();
    }

    ByteBuffer text(String text) {
        return whole("200 OK", "text/plain", text);
    }

    /** Returns a whole stream: the headers, the given number of text pieces, and the end. */
    ByteBuffer stream(int pieces) {
        return streams.computeIfAbsent(pieces, this::wholeStream).duplicate();
    }

    private ByteBuffer wholeStream(int pieces) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(streamHead.array());
        for (int i = 0; i < pieces; i++) {
            stream.writeBytes(event(i).array());
        }
        stream.writeBytes(lastEvents.array());
        return ByteBuffer.wrap(stream.toByteArray());
    }

    private static ByteBuffer whole(String status, String type, String body) {
        return bytes("HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body);
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    private static ByteBuffer bytes(String ascii) {
        return ByteBuffer.wrap(ascii.getBytes(StandardCharsets.US_ASCII));
    }
}
