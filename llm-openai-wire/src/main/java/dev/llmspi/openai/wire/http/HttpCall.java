package dev.llmspi.openai.wire.http;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request.
 *
 * @param uri where it goes
 * @param headers names and values, checked already; nobody changes them any more
 * @param body the JSON to POST; null: a GET
 */
public record HttpCall(
        URI uri, Map<String, String> headers, @Nullable JsonBody body) {

    /** Shows neither headers nor body: they hold the key and the prompt. */
    @Override
    public String toString() {
        return (body == null ? "GET " : "POST ") + uri.getHost();
    }
}
