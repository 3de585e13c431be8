package dev.llmspi.examples.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llmspi.testkit.FakeLlmServer;
import dev.llmspi.testkit.FakeReply;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** A fake server that never completes a response. */
final class SilentServer implements AutoCloseable {

    /** Reaches zero when the server has received a request. */
    final CountDownLatch asked = new CountDownLatch(1);

    /** Reaches zero when the client has disconnected. */
    final CountDownLatch left = new CountDownLatch(1);

    private final FakeLlmServer server = FakeLlmServer.openRouter();

    SilentServer() {
        this("");
    }

    /** @param opening the text that the server sends before it stops sending */
    SilentServer(String opening) {
        FakeReply silence = connection -> hang(connection, opening);
        server.then(silence).repeat().serves("/models", silence);
    }

    private void hang(FakeReply.Connection connection, String opening) throws IOException {
        connection.write(opening.getBytes(UTF_8));
        asked.countDown();
        try {
            connection.awaitClientGone();
        } finally {
            left.countDown();
        }
    }

    String address() {
        return server.url().replace("/api/v1", "");
    }

    @Override
    public void close() {
        server.close();
    }
}
