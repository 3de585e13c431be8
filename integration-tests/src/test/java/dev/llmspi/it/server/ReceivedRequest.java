package dev.llmspi.it.server;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A request as it came over the wire.
 *
 * @param headers by name in lower case; of several headers with one name, the last
 * @param body as UTF-8; {@code ""} if there is none
 */
public record ReceivedRequest(String method, String path, Map<String, String> headers, String body) {

    /** A header by its name in any case. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    /** Shows neither headers nor body: they hold keys and prompts. */
    @Override
    public String toString() {
        return method + " " + path;
    }
}
