package dev.llmspi.openai.wire.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/** A server that does on a connection whatever a test wants, byte by byte. */
final class RawServer implements AutoCloseable {

    /** What to do with the connection of the given number, beginning at 1. */
    interface Script {
        void play(int number, Connection connection) throws Exception;
    }

    final AtomicInteger connections = new AtomicInteger();
    final AtomicInteger requests = new AtomicInteger();
    private final ServerSocket server;
    private final String scheme;

    RawServer(Script script) throws IOException {
        this(ServerSocketFactory.getDefault(), "http", script);
    }

    RawServer(ServerSocketFactory sockets, String scheme, Script script) throws IOException {
        this.server = sockets.createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        this.scheme = scheme;
        Thread accepting = new Thread(() -> accept(script), "raw-server");
        accepting.setDaemon(true);
        accepting.start();
    }

    URI uri() {
        return URI.create(scheme + "://localhost:" + server.getLocalPort() + "/v1/chat/completions");
    }

    private void accept(Script script) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                int number = connections.incrementAndGet();
                Thread thread = new Thread(() -> serve(script, number, socket), "raw-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Script script, int number, Socket socket) {
        try (socket) {
            script.play(number, new Connection(socket));
        } catch (Exception e) {
            // the test judges what the client saw
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    /** One connection. */
    final class Connection {
        final Socket socket;
        private final InputStream in;

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
        }

        /** Reads one request, head and body. */
        String request() throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                int next = in.read();
                if (next < 0) {
                    throw new IOException("end of stream");
                }
                head.write(next);
            }
            String text = head.toString(StandardCharsets.ISO_8859_1);
            for (String line : text.split("\r\n")) {
                if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                    in.readNBytes(Integer.parseInt(line.substring(15).strip()));
                }
            }
            requests.incrementAndGet();
            return text;
        }

        void write(String text) throws IOException {
            write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        void write(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        }

        void answer(String body) throws IOException {
            write("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        }

        /** Blocks until the client closes its side. */
        void awaitEnd() throws IOException {
            while (in.read() >= 0) {
                // nothing more is expected
            }
        }
    }
}
