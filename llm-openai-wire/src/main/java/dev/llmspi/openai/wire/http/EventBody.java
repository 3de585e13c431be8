package dev.llmspi.openai.wire.http;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A reply that is read event by event. One thread reads it, and any thread may close it at any time. */
public interface EventBody extends AutoCloseable {

    /** Returns the HTTP status. */
    int status();

    /** Returns a function that looks up the values of a header. The case of the header's name is ignored. */
    Function<String, List<String>> headers();

    /**
     * Reads the next event, and blocks until it has arrived.
     *
     * @return the reader, which contains the event's data; null at the regular end of the body
     */
    @Nullable
    SseReader nextEvent() throws TransportException;

    /**
     * Returns the beginning of the body, up to the first event, if the body is not an event stream. By default, returns
     * an empty array.
     *
     * @see SseReader#unframed
     */
    default byte[] unframed() {
        return new byte[0];
    }

    /** Limits the total time that all further reads may take. A later call of this method replaces the limit. */
    void limitReading(Duration time);

    /**
     * Stops reading and releases the connection, which is reused only if the body ends now. Called by the reading
     * thread.
     */
    void letGo();

    /** Aborts the call unless it has already ended, and wakes a thread that is blocked while reading. Idempotent. */
    @Override
    void close();
}
