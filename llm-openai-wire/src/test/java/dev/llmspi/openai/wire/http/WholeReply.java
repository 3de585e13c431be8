package dev.llmspi.openai.wire.http;

import dev.llmspi.api.CallContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** A reply with any status whose body was read to its end. */
record WholeReply(int status, byte[] body) {

    static final Bounds BOUNDS = new Bounds(64 * 1024, 64 * 1024, 1024, 1024, 1024, 1024, 1024, 10, 10, 10, 100);

    /** Sends a POST if there is a body, otherwise a GET. */
    static WholeReply execute(HttpTransport transport, RequestHead head, @Nullable JsonBody body, CallContext context)
            throws TransportException {
        try (OpenReply reply = transport.open(head, body, context)) {
            return new WholeReply(
                    reply.status(), reply.isSuccess() ? reply.read(WholeReply::bytes) : reply.beginning());
        }
    }

    private static byte[] bytes(InputStream body, long announced) {
        try {
            return body.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
