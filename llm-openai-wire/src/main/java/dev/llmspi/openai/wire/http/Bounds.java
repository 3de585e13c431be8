package dev.llmspi.openai.wire.http;

/**
 * Limits on requests and replies, which prevent a server from exhausting the memory or a processor. Each limit is at
 * least 1. Limits in bytes apply after decompression.
 *
 * @param response the maximum number of bytes in a whole answer
 * @param errorBody the number of bytes that are read from an error body; the rest is ignored, because the status
 *     suffices
 * @param request the maximum number of bytes in a request body
 * @param line the maximum number of bytes in one line of a stream
 * @param event the maximum number of bytes in one event of a stream, including comments and fields
 * @param stream the maximum number of bytes in a whole stream
 * @param text the maximum number of characters in one text of an answer, and in all texts of a stream together
 * @param jsonDepth the maximum nesting depth of objects and arrays
 * @param jsonNumber the maximum number of digits in a JSON number
 * @param jsonName the maximum number of characters in a member's name
 * @param jsonTokens the maximum number of JSON tokens in an answer; at most a quarter of them may be stored values or
 *     belong to one event
 */
public record Bounds(
        int response,
        int errorBody,
        int request,
        int line,
        int event,
        int stream,
        int text,
        int jsonDepth,
        int jsonNumber,
        int jsonName,
        int jsonTokens) {

    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    public static final Bounds DEFAULTS =
            new Bounds(16 * MIB, 64 * KIB, 32 * MIB, 4 * MIB, 4 * MIB, 64 * MIB, 4 * MIB, 200, 100, 1024, 1_000_000);

    /**
     * Returns the maximum number of stored values. A stored value takes more memory than its text, for example 70 bytes
     * for a name and a number.
     */
    public int keptValues() {
        return Math.max(1, jsonTokens / 4);
    }
}
