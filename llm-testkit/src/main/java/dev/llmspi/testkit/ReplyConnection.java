package dev.llmspi.testkit;

import dev.llmspi.testkit.loopback.LoopbackConnection;
import java.io.IOException;

/** Lets a {@link FakeReply} use a connection of the loopback server, which is not part of the public API. */
record ReplyConnection(LoopbackConnection connection) implements FakeReply.Connection {

    @Override
    public void write(byte[] bytes) throws IOException {
        connection.write(bytes);
    }

    @Override
    public void awaitClientGone() throws IOException {
        connection.awaitClientGone();
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }

    @Override
    public void reset() throws IOException {
        connection.reset();
    }
}
