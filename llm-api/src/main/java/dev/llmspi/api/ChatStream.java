package dev.llmspi.api;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An answer as it is written. Read once, by one thread at a time: by iterating, by {@link #forEachText}, {@link
 * #forEach} or {@link #collect}. It ends in exactly three ways:
 *
 * <ul>
 *   <li><b>complete</b>: the last event is {@link ChatStreamEvent.Finish};
 *   <li><b>cancelled</b>: {@link #close} was called, the caller's cancellation fired or the reading thread was
 *       interrupted. The reader gets {@link CancellationException};
 *   <li><b>failed</b>: the reader gets an {@code LlmException} that carries what was delivered ({@code partial()}).
 * </ul>
 *
 * <p>A stream that just stops is a failure, never a quiet end. Close every stream: a connection hangs on it.
 *
 * <pre>{@code
 * try (ChatStream stream = client.stream(request)) {
 *     ChatResponse answer = stream.forEachText(System.out::print);
 * }
 * }</pre>
 */
public final class ChatStream implements Iterable<ChatStreamEvent>, AutoCloseable {

    /** Where the events of a stream come from: what a provider implements. */
    public interface Source extends AutoCloseable {

        /** The events of an answer that is there already. */
        static Source of(ChatResponse answer) {
            return new WholeAnswer(answer);
        }

        /**
         * The next event; blocks until it is there.
         *
         * @return null after the last one, which must be {@link ChatStreamEvent.Finish}
         */
        @Nullable
        ChatStreamEvent next();

        /**
         * Adds what is known of the answer beyond its events, such as who gave it. May be asked at any time, by any
         * thread. Default: nothing.
         */
        default ChatResponse describe(ChatResponse answer) {
            return answer;
        }

        /**
         * Ends the stream and lets go of the connection. Idempotent; from any thread, at any time: wakes a blocked
         * reader.
         */
        @Override
        void close();
    }

    private final Source source;
    private final StreamedAnswer answer;
    private final AtomicBoolean iterated = new AtomicBoolean();
    private volatile boolean closed;
    private volatile boolean ended;
    private volatile boolean failed;

    private ChatStream(Source source, String provider, @Nullable String requestedModel) {
        this.source = Objects.requireNonNull(source, "source");
        this.answer = new StreamedAnswer(provider, requestedModel);
    }

    /**
     * A stream over a source.
     *
     * @param provider the provider instance the answer comes from; {@code ""} if that is not known yet
     */
    public static ChatStream of(String provider, Source source) {
        return new ChatStream(source, provider, null);
    }

    /**
     * A stream over a source whose answer can be handed back with its reasoning, as {@link AssistantMessage#isFrom}
     * says.
     *
     * @param provider the provider instance the answer comes from
     * @param requestedModel the model as it was asked for; null: unknown
     */
    public static ChatStream of(String provider, @Nullable String requestedModel, Source source) {
        return new ChatStream(source, provider, requestedModel);
    }

    /** A whole answer as a stream: for providers that cannot stream, and for fakes. */
    public static ChatStream ofAnswer(ChatResponse answer) {
        return new ChatStream(new WholeAnswer(answer), answer.provider(), null);
    }

    /** The events, once. A second call is refused: the answer is not asked for twice. */
    @Override
    public Iterator<ChatStreamEvent> iterator() {
        return events(true);
    }

    /**
     * The events, once, for a stream around this one: that one gathers the answer, so this one does not, and {@link
     * #partial} here tells nothing of what is read this way. A client reads the streams of providers and decorators so:
     * a decorator that wants the text of an answer takes it from the stream it reads itself, not from the one it hands
     * out.
     */
    public Iterator<ChatStreamEvent> passedOn() {
        return events(false);
    }

    private Iterator<ChatStreamEvent> events(boolean gathered) {
        if (!iterated.compareAndSet(false, true)) {
            throw new IllegalStateException("a stream is read once; collect() gives the whole answer");
        }
        return new Events(gathered);
    }

    /** Reads to the end, handing each piece of text on. Closes the stream. */
    public ChatResponse forEachText(Consumer<? super String> action) {
        return read(event -> {
            if (event instanceof ChatStreamEvent.TextDelta delta) {
                action.accept(delta.text());
            }
        });
    }

    /** Reads to the end, handing each event to the method of its kind. Closes the stream. */
    public ChatResponse forEach(ChatStreamHandler handler) {
        return read(event -> {
            if (event instanceof ChatStreamEvent.TextDelta delta) {
                handler.onText(delta.text());
            } else if (event instanceof ChatStreamEvent.ReasoningDelta delta) {
                handler.onReasoning(delta.text());
            } else if (event instanceof ChatStreamEvent.ToolCallDelta delta) {
                handler.onToolCallDelta(delta);
            } else if (event instanceof ChatStreamEvent.ToolCallComplete complete) {
                handler.onToolCall(complete.call());
            } else if (event instanceof ChatStreamEvent.UsageReported report) {
                handler.onUsage(report.usage());
            } else if (event instanceof ChatStreamEvent.Finish finish) {
                handler.onFinish(finish);
            }
        });
    }

    /** Reads to the end and gives the whole answer. Closes the stream. */
    public ChatResponse collect() {
        return read(event -> {});
    }

    private ChatResponse read(Consumer<ChatStreamEvent> action) {
        try (this) {
            Iterator<ChatStreamEvent> events = iterator();
            while (events.hasNext()) {
                action.accept(events.next());
            }
            return partial();
        }
    }

    /**
     * What has been read so far as an answer; the whole answer once the stream is complete. From any thread, at any
     * time.
     */
    public ChatResponse partial() {
        return source.describe(answer.response());
    }

    /** Lets the source say what it knows of an answer; for streams around streams. */
    public ChatResponse describe(ChatResponse response) {
        return source.describe(response);
    }

    /** Whether it was closed before it was complete or failed. */
    public boolean isCancelled() {
        return closed && !ended && !failed;
    }

    /** Cancels, unless the end has been reached; lets go of the connection. Idempotent, from any thread. */
    @Override
    public void close() {
        closed = true;
        source.close();
    }

    private final class Events implements Iterator<ChatStreamEvent> {
        private final boolean gathered;
        private @Nullable ChatStreamEvent ahead;

        Events(boolean gathered) {
            this.gathered = gathered;
        }

        @Override
        public boolean hasNext() {
            if (ahead == null && !ended) {
                ahead = read();
            }
            return ahead != null;
        }

        @Override
        public ChatStreamEvent next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the stream is at its end");
            }
            ChatStreamEvent event = Objects.requireNonNull(ahead);
            ahead = null;
            if (event instanceof ChatStreamEvent.Finish) {
                ended = true;
            }
            if (gathered) {
                answer.add(event);
            }
            return event;
        }

        private ChatStreamEvent read() {
            if (closed) {
                throw new CancellationException("the stream was closed");
            }
            try {
                ChatStreamEvent event = source.next();
                if (event == null) {
                    throw new UnfinishedStreamException(); // the end would have been known by a Finish
                }
                return event;
            } catch (CancellationException e) {
                closed = true;
                throw e;
            } catch (RuntimeException | Error e) {
                if (closed && e instanceof RuntimeException) {
                    CancellationException cancelled = new CancellationException("the stream was closed");
                    cancelled.initCause(e);
                    throw cancelled;
                }
                failed = true;
                throw e;
            }
        }
    }

    /** Does not show the answer. */
    @Override
    public String toString() {
        return "ChatStream[" + (ended ? "complete" : failed ? "failed" : closed ? "cancelled" : "open") + "]";
    }
}
