package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;

/** A server with a full backlog, which accepts no further connections on any address of this machine. */
final class FullServer implements AutoCloseable {

    private final ServerSocket server = new ServerSocket(0, 1);
    private final Socket first = new Socket("127.0.0.1", server.getLocalPort());
    private final Socket second = new Socket("127.0.0.1", server.getLocalPort());

    FullServer() throws IOException {
        assertTrue(first.isConnected() && second.isConnected(), "the backlog must be full");
    }

    URI uri() {
        return uri("127.0.0.1");
    }

    URI uri(String host) {
        return URI.create("http://" + host + ":" + server.getLocalPort() + "/v1");
    }

    @Override
    public void close() throws IOException {
        first.close();
        second.close();
        server.close();
    }
}
