package dev.llmspi.it.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** A port on 127.0.0.1 that never sends a byte. */
public final class DeafPort implements AutoCloseable {

    private final ServerSocket server;
    private final List<Socket> queue = new ArrayList<>();

    private DeafPort(ServerSocket server) {
        this.server = server;
    }

    /** Returns a port that lets clients connect but reads nothing from their connections. */
    public static DeafPort silent() {
        return listening(1_000);
    }

    /** Returns a port whose queue is full, so that connections are neither accepted nor refused. */
    public static DeafPort full() {
        DeafPort port = listening(1);
        try {
            port.queue.add(new Socket("127.0.0.1", port.server.getLocalPort()));
            port.queue.add(new Socket("127.0.0.1", port.server.getLocalPort()));
            return port;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DeafPort listening(int backlog) {
        try {
            return new DeafPort(new ServerSocket(0, backlog, InetAddress.getByName("127.0.0.1")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a URL for the port. */
    public URI url(String scheme) {
        return URI.create(scheme + "://127.0.0.1:" + server.getLocalPort() + "/v1");
    }

    @Override
    public void close() {
        try {
            for (Socket waiting : queue) {
                waiting.close();
            }
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
