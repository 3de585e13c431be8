package dev.llmspi.openai.wire.http;

import dev.llmspi.api.Cancellation;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import okhttp3.Call;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/**
 * A reply whose head is there. Its body is read whole, or event by event: on the reader's thread and as fast as that
 * reads, so that a slow reader slows the socket. Read by one thread; closed by any, at any time.
 */
public final class OpenReply implements EventBody {

    // The end of a body comes with its last event or right behind it; a connection that has not ended by then is given
    // up.
    private static final int MILLIS_TO_END = 25;

    /**
     * The length in bytes up to which a body's length is known before it is parsed, whether the server says it or not.
     */
    public static final int SMALL = 16 * 1024;

    private static final int PIECE = 8 * 1024;

    private final Call call;
    private final Response response;
    private final Exchange exchange;
    private final Cancellation.Registration registration;
    private final Bounds bounds;
    private final Consumer<OpenReply> onRelease;
    // Bodies are not safe for use by several threads: what closes one must not meet a reader inside.
    private final ReentrantLock body = new ReentrantLock();
    private volatile boolean closed;
    private volatile boolean released;
    private @Nullable SseReader events;

    OpenReply(
            Call call,
            Response response,
            Exchange exchange,
            Cancellation.Registration registration,
            Bounds bounds,
            Consumer<OpenReply> onRelease) {
        this.call = call;
        this.response = response;
        this.exchange = exchange;
        this.registration = registration;
        this.bounds = bounds;
        this.onRelease = onRelease;
    }

    @Override
    public int status() {
        return response.code();
    }

    @Override
    public Function<String, List<String>> headers() {
        return response.headers()::values;
    }

    /** Whether the status says that this is an answer. */
    public boolean isSuccess() {
        return response.isSuccessful();
    }

    /** Whether the head announces a success that comes event by event. */
    public boolean announcesEvents() {
        String type = response.header("Content-Type");
        return response.isSuccessful()
                && (type == null || type.strip().regionMatches(true, 0, "text/event-stream", 0, 17));
    }

    /**
     * Whether the body of a success begins as events begin, whatever its head says. Blocks until the first bytes are
     * there, and takes none of them.
     */
    public boolean beginsWithEvents() {
        if (!response.isSuccessful()) {
            return false;
        }
        body.lock();
        try {
            return !released && EventStart.isAt(response.body().source());
        } catch (IOException | RuntimeException e) {
            return false; // whoever reads the body meets the same failure
        } finally {
            body.unlock();
            if (closed) {
                releaseUnlessRead();
            }
        }
    }

    /**
     * Reads the body to its end and lets go of the connection.
     *
     * @throws TransportException if the body is not whole, or too large, whatever the parser thinks of it
     * @throws X what the parser throws
     */
    public <T, X extends Exception> T read(BodyParser<T, X> parser) throws TransportException, X {
        body.lock();
        try {
            long announced = length(response.body());
            if (announced > bounds.response()) {
                throw new BoundedBody.TooLargeException();
            }
            T value = parsed(new BoundedBody(response.body().byteStream(), bounds.response()), announced, parser);
            if (call.isCanceled()) {
                throw FailureMapper.cancelled(exchange);
            }
            return value;
        } catch (IOException e) {
            throw failure(e);
        } catch (RuntimeException e) {
            throw FailureMapper.map(e, exchange);
        } finally {
            release();
            body.unlock();
        }
    }

    /** As it is announced; of one that is not, if it is small, what has come of it when it ends. */
    private static long length(ResponseBody body) throws IOException {
        long announced = body.contentLength();
        return announced < 0 && !body.source().request(SMALL + 1L)
                ? body.source().getBuffer().size()
                : announced;
    }

    private static <T, X extends Exception> T parsed(BoundedBody body, long announced, BodyParser<T, X> parser)
            throws IOException, X {
        try {
            return parser.parse(body, announced);
        } finally {
            body.drain();
        }
    }

    /**
     * Reads the beginning of a body whose status has told enough already, and lets go of the connection: where the body
     * breaks off does not matter.
     */
    public byte[] beginning() throws TransportException {
        body.lock();
        try {
            byte[] beginning = beginning(response.body().byteStream(), bounds.errorBody());
            if (call.isCanceled()) {
                throw FailureMapper.cancelled(exchange);
            }
            if (beginning.length == bounds.errorBody()) {
                call.cancel(); // else the library would read on, for the connection's sake
            }
            return beginning;
        } finally {
            release();
            body.unlock();
        }
    }

    private static byte[] beginning(InputStream body, int limit) {
        ByteArrayOutputStream beginning = new ByteArrayOutputStream();
        byte[] piece = new byte[PIECE];
        try {
            for (int left = limit; left > 0; left = limit - beginning.size()) {
                int count = body.read(piece, 0, Math.min(left, piece.length));
                if (count < 0) {
                    break;
                }
                beginning.write(piece, 0, count);
            }
        } catch (IOException | RuntimeException e) {
            // the status decides
        }
        return beginning.toByteArray();
    }

    @Override
    public @Nullable SseReader nextEvent() throws TransportException {
        body.lock();
        try {
            if (closed || released) {
                throw FailureMapper.cancelled(exchange);
            }
            SseReader reader = events;
            if (reader == null) {
                events = reader = new SseReader(response.body().byteStream(), bounds);
            }
            return reader.next() ? reader : null;
        } catch (IOException e) {
            if (e instanceof EOFException && isCompressed() && !call.isCanceled()) {
                return null; // the HTTP body ended, the gzip inside did not: a cut made further up
            }
            throw failure(e);
        } catch (RuntimeException e) {
            throw FailureMapper.map(e, exchange);
        } finally {
            body.unlock();
            if (closed) {
                releaseUnlessRead();
            }
        }
    }

    @Override
    public byte[] unframed() {
        SseReader reader = events;
        return reader == null ? new byte[0] : reader.unframed();
    }

    @Override
    public void limitReading(Duration time) {
        response.body().source().timeout().deadline(Math.max(1, time.toNanos()), TimeUnit.NANOSECONDS);
    }

    @Override
    public void letGo() {
        body.lock();
        try {
            if (!released) {
                limitReading(Duration.ofMillis(MILLIS_TO_END));
                release();
            }
        } finally {
            body.unlock();
        }
    }

    @Override
    public void close() {
        closed = true;
        if (!released) {
            call.cancel();
            releaseUnlessRead();
        }
    }

    private void releaseUnlessRead() {
        if (body.tryLock()) {
            try {
                release();
            } finally {
                body.unlock();
            }
        }
    }

    private void release() {
        if (!released) {
            released = true;
            registration.close();
            response.close();
            onRelease.accept(this);
        }
    }

    private TransportException failure(IOException e) {
        if (call.isCanceled() || Thread.currentThread().isInterrupted()) {
            return FailureMapper.cancelled(exchange);
        }
        if (e instanceof BoundedBody.TooLargeException) {
            call.cancel(); // else the library would read on, for the connection's sake
        }
        return FailureMapper.map(e, exchange, isCompressed());
    }

    private boolean isCompressed() {
        Response onTheWire = response.networkResponse();
        return Objects.requireNonNullElse(onTheWire, response).header("Content-Encoding") != null;
    }
}
