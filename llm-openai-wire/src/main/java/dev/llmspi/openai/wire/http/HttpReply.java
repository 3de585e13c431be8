package dev.llmspi.openai.wire.http;

import java.util.List;
import java.util.function.Function;

/**
 * What a server answered, whole.
 *
 * @param status the HTTP status, never 1xx
 * @param headers the values of a header by its name in any case; empty if there is none
 * @param body the body after decompression; of an error only the beginning
 */
public record HttpReply(int status, Function<String, List<String>> headers, byte[] body) {

    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** Does not show headers or body. */
    @Override
    public String toString() {
        return "HttpReply[" + status + "]";
    }
}
