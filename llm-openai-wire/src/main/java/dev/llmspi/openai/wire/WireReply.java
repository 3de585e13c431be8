package dev.llmspi.openai.wire;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A server's reply, as it is passed to a dialect.
 *
 * @param status the HTTP status
 * @param headers a function that looks up all values of a header and ignores the case of the header's name
 * @param body the JSON body; empty if it was not a JSON object
 */
public record WireReply(int status, Function<String, List<String>> headers, JsonObject body) {

    /** The headers that may contain the server's request ID, the most specific one first. */
    private static final String[] REQUEST_IDS = {"x-request-id", "x-portkey-request-id", "X-Generation-Id"};

    /** Returns the first value of a header; empty if the header is absent or blank. */
    public Optional<String> header(String name) {
        List<String> values = headers.apply(name);
        return values.isEmpty() || values.get(0).isBlank()
                ? Optional.empty()
                : Optional.of(values.get(0).strip());
    }

    /** Returns the server's request ID from a header, or the id of the answer if no header contains a request ID. */
    Optional<String> requestId() {
        for (String name : REQUEST_IDS) {
            Optional<String> id = header(name);
            if (id.isPresent()) {
                return id;
            }
        }
        return body.text("id");
    }

    /** Shows only the status. */
    @Override
    public String toString() {
        return "WireReply[" + status + "]";
    }
}
