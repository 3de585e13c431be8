package dev.llmspi.openai.wire.http;

import dev.llmspi.api.CallContext;
import dev.llmspi.testkit.FakeLlmServer;
import dev.llmspi.testkit.FakeReply;
import dev.llmspi.testkit.loopback.HttpText;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;

/** A transport, and the fake server to which it connects. */
final class TransportBench implements AutoCloseable {

    private static final JsonBody BODY = JsonBody.of(bytes("{\"a\":1}"));

    final FakeLlmServer server = FakeLlmServer.openAi();
    final HttpTransport transport = new HttpTransport(WholeReply.BOUNDS, Network.STANDARD);

    /** @param replies the replies to the requests, in order */
    TransportBench(FakeReply... replies) {
        for (FakeReply reply : replies) {
            server.then(reply);
        }
    }

    URI uri() {
        return URI.create(server.url() + "/chat/completions");
    }

    WholeReply post() throws TransportException {
        return post(transport, uri(), CallContext.create());
    }

    static WholeReply post(HttpTransport transport, URI uri, CallContext context) throws TransportException {
        return WholeReply.execute(transport, head(uri), BODY, context);
    }

    /** Sends a POST and reads only the head of the reply. */
    OpenReply open() throws TransportException {
        return transport.open(head(uri()), BODY, CallContext.create());
    }

    WholeReply get() throws TransportException {
        return WholeReply.execute(transport, head(uri()), null, CallContext.create());
    }

    TransportException failure() {
        return failure(CallContext.create());
    }

    TransportException failure(CallContext context) {
        return failure(transport, uri(), context);
    }

    static TransportException failure(HttpTransport transport, URI uri, CallContext context) {
        return Assertions.assertThrows(TransportException.class, () -> post(transport, uri, context));
    }

    private static RequestHead head(URI uri) {
        return new RequestHead(uri, Map.of("Authorization", "Bearer secret"));
    }

    /** Returns the number of requests that have arrived. */
    int requests() {
        return server.requests().size();
    }

    /** Returns a reply that sends the text unchanged and keeps the connection open until the client closes it. */
    static FakeReply open(String text) {
        return connection -> {
            connection.write(bytes(text));
            connection.awaitClientGone();
        };
    }

    /** Returns a reply with a compressed body. */
    static FakeReply gzipped(int status, byte[] body) {
        byte[] gzip = HttpText.gzip(List.of(body));
        String head = "HTTP/1.1 " + status + " X\r\nContent-Encoding: gzip\r\nContent-Length: " + gzip.length;
        return connection -> {
            connection.write(bytes(head + "\r\n\r\n"));
            connection.write(gzip);
            connection.awaitClientGone();
        };
    }

    /** Returns the text as bytes, with one byte per character. */
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        transport.close();
        server.close();
    }
}
