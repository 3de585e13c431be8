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
 * A reply whose head has arrived. Its body is read as a whole or event by event. This happens on the reader's thread
 * and at its pace, so that a slow reader slows down the server. One thread reads the reply, and any thread may close it
 * at any time.
 */
public final class OpenReply implements EventBody {

    // The end of a body arrives with the last event or right after it. A connection whose body does not end within
    // this time is closed.
    private static final int MILLIS_TO_END = 25;

    /**
     * The size, in bytes, up to which a body's length is known before parsing, even if the server does not announce it.
     */
    public static final int SMALL = 16 * 1024;

    private static final int PIECE = 8 * 1024;

    private final Call call;
    private final Response response;
    private final Exchange exchange;
    private final Cancellation.Registration registration;
    private final Bounds bounds;
    private final Consumer<OpenReply> onRelease;
    // OkHttp's bodies are not thread-safe, so this lock prevents a body from being closed while a thread reads it.
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

    /** Whether the status is a success. */
    public boolean isSuccess() {
        return response.isSuccessful();
    }

    /** Whether the reply is successful and its content type, if any, announces a stream of events. */
    public boolean announcesEvents() {
        String type = response.header("Content-Type");
        return response.isSuccessful()
                && (type == null || type.strip().regionMatches(true, 0, "text/event-stream", 0, 17));
    }

    /**
     * Whether the reply is successful and its body begins like a stream of events, regardless of the content type.
     * Blocks until the first bytes have arrived, and consumes none of them.
     */
    public boolean beginsWithEvents() {
        if (!response.isSuccessful()) {
            return false;
        }
        body.lock();
        try {
            return !released && EventStart.isAt(response.body().source());
        } catch (IOException | RuntimeException e) {
            return false; // reading the body will fail in the same way
        } finally {
            body.unlock();
            if (closed) {
                releaseUnlessRead();
            }
        }
    }

    /**
     * Reads the body to its end and releases the connection.
     *
     * @throws TransportException if the body is incomplete or too large, regardless of what the parser does
     * @throws X if the parser throws this exception
     */
    public <T, X extends Exception> T read(BodyParser<T, X> parser) throws TransportException, X {
        body.lock();
        try {
            long announced = length(response.body());
            if (announced > bounds.response()) {
                throw new BoundedBody.TooLargeException();
            }
            T value = parsed(new BoundedBody(bytes(), bounds.response()), announced, parser);
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

    private InputStream bytes() {
        return new DecodedBody(response.body().byteStream(), exchange);
    }

    /**
     * Returns the announced length or, if none is announced, the actual length of a small body; negative if unknown.
     */
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
     * Reads the beginning of an error body and releases the connection. A truncated body is not a failure, because the
     * status suffices.
     */
    public byte[] beginning() throws TransportException {
        body.lock();
        try {
            byte[] beginning = beginning(bytes(), bounds.errorBody());
            if (call.isCanceled()) {
                throw FailureMapper.cancelled(exchange);
            }
            if (beginning.length == bounds.errorBody()) {
                call.cancel(); // otherwise OkHttp would drain the body to reuse the connection
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
            // The bytes that have arrived are enough.
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
                events = reader = new SseReader(bytes(), bounds);
            }
            return reader.next() ? reader : null;
        } catch (IOException e) {
            if (e instanceof EOFException && isCompressed() && !call.isCanceled()) {
                return null; // the HTTP body is complete, but its gzip stream was truncated further upstream
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
                StreamThreads.awaitEnd(response);
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
            if (call.isCanceled()) {
                exchange.givenUp();
            }
            StreamThreads.end(call, response);
            onRelease.accept(this);
        }
    }

    private TransportException failure(IOException e) {
        if (call.isCanceled() || Thread.currentThread().isInterrupted()) {
            return FailureMapper.cancelled(exchange);
        }
        if (e instanceof BoundedBody.TooLargeException || exchange.isFlooded()) {
            call.cancel(); // otherwise OkHttp would drain the body to reuse the connection
        }
        return FailureMapper.map(e, exchange, isCompressed());
    }

    private boolean isCompressed() {
        Response onTheWire = response.networkResponse();
        return Objects.requireNonNullElse(onTheWire, response).header("Content-Encoding") != null;
    }
}
