package dev.llmspi.openai.wire.http;

import dev.llmspi.api.CallContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** What a server answered, read to its end, whatever it is. */
record WholeReply(int status, byte[] body) {

    static final Bounds BOUNDS = new Bounds(64 * 1024, 64 * 1024, 1024, 1024, 1024, 1024, 1024, 10, 10, 10, 100);

    static WholeReply execute(HttpTransport transport, HttpCall call, CallContext context) throws TransportException {
        try (OpenReply reply = transport.open(call, context)) {
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
