package dev.llmspi.testkit.loopback;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection to a {@link LoopbackServer}. It supports the subset of HTTP/1.1 that language model clients
 * use.
 */
public final class LoopbackConnection implements Closeable {

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final Runnable onClientGone;
    private final CountDownLatch closed = new CountDownLatch(1);

    LoopbackConnection(Socket socket, Runnable onClientGone) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
        this.onClientGone = onClientGone;
    }

    /** Sends the bytes immediately. */
    public void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /**
     * Waits until the client closes or resets the connection, reports this to the server, and closes the connection.
     * Any further data from the client is discarded.
     */
    public void awaitClientGone() throws IOException {
        try {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            if (socket.isClosed()) {
                return; // this side closed the connection, not the client
            }
        }
        onClientGone.run();
        close();
    }

    /**
     * Waits for the given time and expects no data from the client.
     *
     * @throws IOException if the client sends data or disconnects during this time. If it disconnects, this is also
     *     reported to the server.
     */
    public void pause(int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            if (in.read() >= 0) {
                throw new IOException("the client sent data during a pause");
            }
        } catch (SocketTimeoutException e) {
            socket.setSoTimeout(0);
            return; // the client is still connected
        } catch (SocketException e) {
            // a reset also means that the client has disconnected
        }
        onClientGone.run();
        throw new EOFException("the client disconnected during a pause");
    }

    /** Waits until the server is closed, without reading from the connection. */
    public void awaitClose() throws IOException {
        try {
            closed.await();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    /** Closes the connection with a TCP reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        close();
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        socket.close();
    }

    /** Returns whether this side has closed the connection. */
    public boolean isClosed() {
        return socket.isClosed();
    }

    /** Returns the port of the client. */
    public int clientPort() {
        return socket.getPort();
    }

    /** Returns the port of the server. */
    public int serverPort() {
        return socket.getLocalPort();
    }

    /**
     * Reads a request and passes it to the handler.
     *
     * @param onHead receives the method as soon as the head has arrived, before the body is read
     * @return false if the client closed the connection between two requests
     */
    boolean serve(Consumer<String> onHead, LoopbackHandler handler) throws IOException {
        String start = readLine();
        if (start == null) {
            return false;
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = requireLine(); !line.isEmpty(); line = requireLine()) {
            int colon = line.indexOf(':');
            headers.merge(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip(),
                    (first, next) -> first + ", " + next);
        }
        String[] words = start.split(" ", 3);
        // This is decided before the request is counted: a test may change its script as soon as it sees the count.
        boolean readsBody = handler.readsBody();
        onHead.accept(words[0]);
        handler.handle(words[0], words[1], headers, readsBody ? body(headers) : "", this);
        return true;
    }

    private String body(Map<String, String> headers) throws IOException {
        if ("100-continue".equalsIgnoreCase(headers.get("expect"))) {
            write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(UTF_8));
        }
        try {
            return new String(readBody(headers), UTF_8);
        } catch (IOException e) {
            if (!socket.isClosed()) { // otherwise this side closed the connection, not the client
                onClientGone.run();
            }
            throw e;
        }
    }

    private byte[] readBody(Map<String, String> headers) throws IOException {
        if (!"chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            return readExactly(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            body.write(readExactly(size));
            requireLine();
        }
        requireLine();
        return body.toByteArray();
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(requireLine().split(";", 2)[0].strip(), 16);
    }

    private byte[] readExactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the client disconnected within a body");
        }
        return bytes;
    }

    private String requireLine() throws IOException {
        String line = readLine();
        if (line == null) {
            throw new EOFException("the client disconnected within a request");
        }
        return line;
    }

    private @Nullable String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return line.toString(ISO_8859_1);
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return null;
    }
}
