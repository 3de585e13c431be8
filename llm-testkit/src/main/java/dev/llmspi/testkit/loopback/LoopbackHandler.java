package dev.llmspi.testkit.loopback;

import java.io.IOException;
import java.util.Map;

/** Replies to the requests that a {@link LoopbackServer} receives. It is called by several threads. */
@FunctionalInterface
public interface LoopbackHandler {

    /**
     * Replies to a request.
     *
     * @param path the path with the query
     * @param headers the headers by their names in lower case; the values of a repeated header are joined with
     *     {@code ", "}
     * @param body the body, decoded as UTF-8, or {@code ""} if there is none or if it was not read
     * @param connection the connection on which the request arrived. It is kept open for the next request unless this
     *     method closes it
     * @throws IOException if the connection breaks, which ends only this connection
     */
    void handle(String method, String path, Map<String, String> headers, String body, LoopbackConnection connection)
            throws IOException;

    /**
     * Returns whether the server reads the body of a request before it calls {@link #handle}. It is called when the
     * head of the request has arrived. Default: true.
     */
    default boolean readsBody() {
        return true;
    }
}
