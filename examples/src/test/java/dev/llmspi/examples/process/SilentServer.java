package dev.llmspi.examples.process;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/** A server on this machine that takes a request and says nothing, or begins to answer and then says nothing more. */
final class SilentServer implements AutoCloseable {

    /** Opens when a request has begun to arrive. */
    final CountDownLatch asked = new CountDownLatch(1);

    /** Opens when the client has gone. */
    final CountDownLatch left = new CountDownLatch(1);

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    private final String opening;

    SilentServer() throws IOException {
        this("");
    }

    /** @param opening what it sends before it falls silent, as it goes over the wire */
    SilentServer(String opening) throws IOException {
        this.opening = opening;
        Thread thread = new Thread(this::serve, "silent-server");
        thread.setDaemon(true);
        thread.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    private void serve() {
        try (Socket socket = server.accept()) {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[8192];
            while (in.read(buffer) >= 0) {
                if (asked.getCount() > 0) {
                    socket.getOutputStream().write(opening.getBytes(StandardCharsets.UTF_8));
                    asked.countDown();
                }
            }
        } catch (IOException e) {
            // A reset is a way of leaving, too.
        }
        left.countDown();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
