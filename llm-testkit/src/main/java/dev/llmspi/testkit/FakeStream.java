package dev.llmspi.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llmspi.testkit.loopback.HttpText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A reply whose body is sent in pieces. Each method returns a new reply with one more step. If the last step neither
 * ends the body nor closes the connection, the stream stays open until the client disconnects. Instances are immutable.
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
        byte[] head = HttpText.chunkedHead(200, contentType, headers);
        return new FakeStream(List.of(connection -> connection.write(head)), false);
    }

    private FakeStream and(FakeReply step, boolean last) {
        List<FakeReply> all = new ArrayList<>(steps);
        all.add(Objects.requireNonNull(step, "step"));
        return new FakeStream(List.copyOf(all), last);
    }

    /** Adds a piece of the body, which is sent immediately. */
    public FakeStream piece(String text) {
        return piece(text.getBytes(UTF_8));
    }

    /** Adds a piece of the body, which is sent immediately. An empty piece is ignored. */
    public FakeStream piece(byte[] bytes) {
        if (bytes.length == 0) {
            return this;
        }
        byte[] chunk = HttpText.chunk(bytes);
        return and(connection -> connection.write(chunk), false);
    }

    /** Adds each byte of the text as a separate piece. */
    public FakeStream bytes(String text) {
        FakeStream all = this;
        for (byte b : text.getBytes(UTF_8)) {
            all = all.piece(new byte[] {b});
        }
        return all;
    }

    /** Adds a step that waits until the latch reaches zero, at most 20 s, so that a test can act between two pieces. */
    public FakeStream await(CountDownLatch latch) {
        return and(connection -> awaitOpen(latch), false);
    }

    /** Adds a step that ends the body normally. */
    public FakeStream end() {
        return and(connection -> connection.write(HttpText.lastChunk()), true);
    }

    /** Adds a step that closes the connection without ending the body. */
    public FakeStream cut() {
        return and(Connection::close, true);
    }

    /** Adds a step that resets the connection without ending the body. */
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
                throw new IOException("the test did not open the latch of this reply in time");
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
