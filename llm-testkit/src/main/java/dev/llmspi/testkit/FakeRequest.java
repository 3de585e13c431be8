package dev.llmspi.testkit;

import dev.llmspi.testkit.wire.Json;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request as a {@link FakeLlmServer} received it.
 *
 * @param method such as {@code POST}
 * @param path with the query, such as {@code /v1/chat/completions}
 * @param headers by name in lower case; of several headers with one name, the last
 * @param body as UTF-8; {@code ""} if there was none
 */
public record FakeRequest(String method, String path, Map<String, String> headers, String body) {

    public FakeRequest {
        headers = Map.copyOf(headers);
    }

    /** A header by its name in any case. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    /**
     * The body as JSON: objects are maps, arrays are lists, whole numbers are Integer (Long or BigDecimal where they do not fit),
     * other numbers Double.
     *
     * @throws IllegalArgumentException if it is no JSON object
     */
    public Map<String, @Nullable Object> json() {
        return Json.object(body);
    }

    /** The model that was asked for; {@code ""} if the body names none. */
    public String model() {
        return isJson() && json().get("model") instanceof String model ? model : "";
    }

    /** Whether the answer was asked for as a stream. */
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

    /** Shows neither headers nor body: they hold keys and prompts. */
    @Override
    public String toString() {
        return method + " " + path;
    }
}
