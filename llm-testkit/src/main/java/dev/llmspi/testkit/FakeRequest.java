package dev.llmspi.testkit;

import dev.llmspi.testkit.wire.Json;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request received by a {@link FakeLlmServer}.
 *
 * @param method the method, such as {@code POST}
 * @param path the path with the query, such as {@code /v1/chat/completions}
 * @param headers the headers by their names in lower case; the values of a repeated header are joined with {@code ", "}
 * @param body the body, decoded as UTF-8, or {@code ""} if there is none
 */
public record FakeRequest(String method, String path, Map<String, String> headers, String body) {

    public FakeRequest {
        headers = Map.copyOf(headers);
    }

    /** Returns the value of the header with the given name, which is not case-sensitive. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    /**
     * Parses the body as JSON. Objects are maps, arrays are lists, whole numbers are Integer, Long or BigDecimal,
     * whichever fits first, and other numbers are Double.
     *
     * @throws IllegalArgumentException if the body is not a JSON object
     */
    public Map<String, @Nullable Object> json() {
        return Json.object(body);
    }

    /** Returns the requested model, or {@code ""} if the body does not name one. */
    public String model() {
        return isJson() && json().get("model") instanceof String model ? model : "";
    }

    /** Returns whether the request asks for a stream. */
    public boolean wantsStream() {
        return isJson() && Boolean.TRUE.equals(json().get("stream"));
    }

    private boolean isJson() {
        try {
            Json.object(body);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Returns the method and the path. The headers and the body are omitted, because they contain keys and prompts. */
    @Override
    public String toString() {
        return method + " " + path;
    }
}
