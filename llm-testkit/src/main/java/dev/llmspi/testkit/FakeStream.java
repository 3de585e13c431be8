package dev.llmspi.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A reply whose body comes in pieces, each sent at once, and the ways for it to end. Each method gives a new reply with one thing
 * more to do; one that names no end stays open until the client goes away. Immutable.
 *
 * <pre>{@code
 * server.then(FakeReply.events().piece("data: {…}\n\n").cut());
 * }</pre>
 */
public final class FakeStream implements FakeReply {

    private final List<FakeReply> steps;
    private final boolean ends;

    private FakeStream(List<FakeReply> steps, boolean ends) {
        this.steps = steps;
        this.ends = ends;
    }

    static FakeStream begin(String contentType, String... headers) {
        StringBuilder head = new StringBuilder("HTTP/1.1 200 Fake\r\nTransfer-Encoding: chunked\r\nContent-Type: ")
                .append(contentType)
                .append("\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        byte[] bytes = head.append("\r\n").toString().getBytes(UTF_8);
        return new FakeStream(List.of(connection -> connection.write(bytes)), false);
    }

    private FakeStream and(FakeReply step, boolean last) {
        List<FakeReply> all = new ArrayList<>(steps);
        all.add(Objects.requireNonNull(step, "step"));
        return new FakeStream(List.copyOf(all), last);
    }

    /** A piece of the body. */
    public FakeStream piece(String text) {
        return piece(text.getBytes(UTF_8));
    }

    /** A piece of the body; an empty one is left out. */
    public FakeStream piece(byte[] bytes) {
        if (bytes.length == 0) {
            return this;
        }
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        chunk.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(UTF_8));
        chunk.writeBytes(bytes);
        chunk.writeBytes("\r\n".getBytes(UTF_8));
        byte[] framed = chunk.toByteArray();
        return and(connection -> connection.write(framed), false);
    }

    /** Each byte of the text as a piece of its own. */
    public FakeStream bytes(String text) {
        FakeStream all = this;
        for (byte b : text.getBytes(UTF_8)) {
            all = all.piece(new byte[] {b});
        }
        return all;
    }

    /** Goes on when the latch is open, so that a test can act between two pieces; after 20 s at the latest. */
    public FakeStream await(CountDownLatch latch) {
        return and(connection -> awaitOpen(latch), false);
    }

    /** Ends the body in good order. */
    public FakeStream end() {
        return and(connection -> connection.write("0\r\n\r\n".getBytes(UTF_8)), true);
    }

    /** Closes the connection where it stands. */
    public FakeStream cut() {
        return and(Connection::close, true);
    }

    /** Resets the connection where it stands. */
    public FakeStream broken() {
        return and(Connection::reset, true);
    }

    @Override
    public void send(Connection connection) throws IOException {
        for (FakeReply step : steps) {
            step.send(connection);
        }
        if (!ends) {
            connection.awaitClientGone();
        }
    }

    private static void awaitOpen(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(2 * Patience.NANOS, TimeUnit.NANOSECONDS)) {
                throw new IOException("the test did not let this reply go on");
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public String toString() {
        return "FakeStream[" + steps.size() + " steps" + (ends ? "" : ", stays open") + "]";
    }
}
