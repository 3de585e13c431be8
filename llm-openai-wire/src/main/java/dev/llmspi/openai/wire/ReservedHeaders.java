package dev.llmspi.openai.wire;

import java.util.Locale;
import java.util.Set;

/**
 * The headers that only this module may set, because they contain the API key or determine how the message is framed.
 */
final class ReservedHeaders {

    private static final Set<String> NAMES = Set.of(
            "authorization",
            "proxy-authorization",
            "content-type",
            "content-length",
            "content-encoding",
            "transfer-encoding",
            "accept-encoding",
            "connection",
            "host",
            "te",
            "trailer",
            "upgrade",
            "expect");

    private ReservedHeaders() {}

    static boolean contains(String name) {
        return NAMES.contains(name.toLowerCase(Locale.ROOT));
    }
}
