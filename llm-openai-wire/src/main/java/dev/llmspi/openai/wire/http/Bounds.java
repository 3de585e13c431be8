package dev.llmspi.openai.wire.http;

/**
 * How large things may be, so that no server fills the memory or keeps a processor busy. All are at least 1; lengths in
 * bytes are those after decompression.
 *
 * @param response bytes of a whole answer
 * @param errorBody bytes that are read of an error; the status decides, whatever comes behind them
 * @param request bytes of a request body
 * @param line bytes of a line of a stream
 * @param event bytes of an event of a stream, comments and fields included
 * @param stream bytes of a whole stream
 * @param text characters of one text in an answer, and of all that the pieces of a stream add up to
 * @param jsonDepth how deep objects and arrays may stand in one another
 * @param jsonNumber digits of a number
 * @param jsonName characters of a member's name
 * @param jsonTokens tokens of an answer; a quarter of them may be values that are kept, or stand in one event
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

    /** A value that is kept takes far more memory than its text: 70 bytes and more for a name with a small number. */
    public int keptValues() {
        return Math.max(1, jsonTokens / 4);
    }
}
