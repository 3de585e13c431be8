package dev.llmspi.testkit;

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
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One connection of a client to a {@link LoopbackServer}: HTTP/1.1 as far as clients of language models use it. */
final class LoopbackConnection implements FakeReply.Connection, Closeable {

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final Runnable onClientGone;

    LoopbackConnection(Socket socket, Runnable onClientGone) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
        this.onClientGone = onClientGone;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    @Override
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

    @Override
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    boolean isClosed() {
        return socket.isClosed();
    }

    /**
     * Reads a request.
     *
     * @param onHead is told the method once the head is there, before the body
     * @return null if the client closed the connection between two requests
     */
    @Nullable
    FakeRequest read(Consumer<String> onHead) throws IOException {
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
        onHead.accept(words[0]);
        if ("100-continue".equalsIgnoreCase(headers.get("expect"))) {
            write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(UTF_8));
        }
        return new FakeRequest(words[0], words[1], headers, new String(body(headers), UTF_8));
    }

    private byte[] body(Map<String, String> headers) throws IOException {
        try {
            return readBody(headers);
        } catch (IOException e) {
            if (!socket.isClosed()) { // else this side went away, not the client
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
}
