package dev.llmspi.it.server;

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
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One connection of a client to a {@link TestUpstream}: reads requests, writes whatever a {@link Reply} wants written. */
public final class Connection implements Closeable {

    private static final long POLL_NANOS = 200_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final Runnable onClientGone;
    private final CountDownLatch closed = new CountDownLatch(1);

    Connection(Socket socket, Runnable onClientGone) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
        this.onClientGone = onClientGone;
    }

    /** Sends the bytes at once. */
    public void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** Whether this system tells what {@link #awaitRead} waits for. */
    public static boolean tellsWhatIsRead() {
        return SocketQueues.areKnown();
    }

    /** Waits until the client has read all that was written, or is gone. */
    public void awaitRead() throws IOException {
        while (!socket.isClosed() && SocketQueues.between(socket.getLocalPort(), socket.getPort()) > 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Reads until the client closes or resets the connection, tells the server so, and closes this side. */
    public void awaitClientGone() throws IOException {
        try {
            in.transferTo(OutputStream.nullOutputStream()); // whatever it still says is dropped
        } catch (IOException e) {
            if (socket.isClosed()) {
                return; // this side went away, not the client
            }
        }
        onClientGone.run();
        close();
    }

    /**
     * Does nothing for a while.
     *
     * @throws EOFException if the client went away in that time; the server has then been told so
     */
    public void pause(int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            if (in.read() >= 0) {
                throw new IOException("the client said something, although it is not its turn");
            }
        } catch (SocketTimeoutException e) {
            socket.setSoTimeout(0);
            return; // the client is still there
        } catch (SocketException e) {
            // it reset the connection: gone too
        }
        onClientGone.run();
        throw new EOFException("the client left during a pause");
    }

    /** Closes with a reset in place of an orderly end. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        close();
    }

    /** Does nothing, not even read, until the server is closed. */
    public void awaitClose() throws IOException {
        try {
            closed.await();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        socket.close();
    }

    boolean isClosed() {
        return socket.isClosed();
    }

    /**
     * Reads a head and, after telling the listener of it, the body that belongs to it, unless the listener wants none.
     *
     * @return null if the client closed the connection between two requests
     */
    @Nullable
    ReceivedRequest read(HeadListener listener) throws IOException {
        String start = readLine();
        if (start == null) {
            return null;
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = requireLine(); !line.isEmpty(); line = requireLine()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        String[] words = start.split(" ", 3);
        boolean wanted = listener.headRead(words[0]);
        String body = wanted ? new String(readBody(headers), UTF_8) : "";
        return new ReceivedRequest(words[0], words[1], Map.copyOf(headers), body);
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
            throw new EOFException("the client left within a body");
        }
        return bytes;
    }

    private String requireLine() throws IOException {
        String line = readLine();
        if (line == null) {
            throw new EOFException("the client left within a request");
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

    /** Is told of a request once its head is there, before its body, and says whether that is to be read. */
    @FunctionalInterface
    interface HeadListener {
        boolean headRead(String method);
    }
}
