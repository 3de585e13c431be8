package dev.llmspi.openai.wire.http;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A reply that is read event by event, by one thread; closed by any, at any time. */
public interface EventBody extends AutoCloseable {

    int status();

    /** The values of a header by its name in any case; empty if there is none. */
    Function<String, List<String>> headers();

    /**
     * Reads the next event; blocks until it is there.
     *
     * @return the reader that holds its data; null if the body ended as bodies end
     */
    @Nullable
    SseReader nextEvent() throws TransportException;

    /**
     * The beginning of a body, up to its first event, if it is no stream there. Default: empty.
     *
     * @see SseReader#unframed
     */
    default byte[] unframed() {
        return new byte[0];
    }

    /** From now on until the next call of this, reading may last so long altogether; then it fails. */
    void limitReading(Duration time);

    /** Nothing more is wanted: lets go of the connection, for reuse if the body ends now. Called by the reader. */
    void letGo();

    /** Ends the call at once unless it has ended; wakes a reader. Idempotent. */
    @Override
    void close();
}
