package dev.llmspi.openai.wire;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A server's answer as a dialect sees it.
 *
 * @param status the HTTP status
 * @param headers all values of a header, its name in any case
 * @param body the JSON body; empty if it was no JSON object
 */
public record WireReply(int status, Function<String, List<String>> headers, JsonObject body) {

    /** The first value of a header; one that is blank counts as not there. */
    public Optional<String> header(String name) {
        List<String> values = headers.apply(name);
        return values.isEmpty() || values.get(0).isBlank()
                ? Optional.empty()
                : Optional.of(values.get(0).strip());
    }

    /** Does not show headers or body. */
    @Override
    public String toString() {
        return "WireReply[" + status + "]";
    }
}
