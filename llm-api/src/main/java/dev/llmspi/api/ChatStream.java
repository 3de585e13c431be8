package dev.llmspi.api;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A streamed answer. It can be read only once, by one thread at a time: iterate over it, or call {@link #forEachText},
 * {@link #forEach} or {@link #collect}. A stream ends in exactly one of three ways:
 *
 * <ul>
 *   <li><b>complete</b>: the last event is {@link ChatStreamEvent.Finish};
 *   <li><b>cancelled</b>: {@link #close} was called, the caller's cancellation fired or the reading thread was
 *       interrupted. The reader receives a {@link CancellationException};
 *   <li><b>failed</b>: the reader receives an {@code LlmException}, whose {@code partial()} is the answer received so
 *       far.
 * </ul>
 *
 * <p>A stream that stops without a finish event has failed. Always close a stream, because it holds a connection.
 *
 * <pre>{@code
 * try (ChatStream stream = client.stream(request)) {
 *     ChatResponse answer = stream.forEachText(System.out::print);
 * }
 * }</pre>
 */
public final class ChatStream implements Iterable<ChatStreamEvent>, AutoCloseable {

    /** The source of a stream's events, implemented by a provider. */
    public interface Source extends AutoCloseable {

        /** Returns a source that delivers an existing answer as events. */
        static Source of(ChatResponse answer) {
            return new WholeAnswer(answer);
        }

        /**
         * Blocks until the next event is available and returns it.
         *
         * @return the next event, or null after the last one, which must be {@link ChatStreamEvent.Finish}
         */
        @Nullable
        ChatStreamEvent next();

        /**
         * Ends the stream and releases the connection. This method is idempotent. Any thread may call it at any time,
         * and the call wakes a blocked reader.
         */
        @Override
        void close();
    }

    private final Source source;
    private final ResponseAccumulator answer;
    private final UnaryOperator<ChatResponse> completion;
    private final AtomicBoolean iterated = new AtomicBoolean();
    private volatile boolean closed;
    private volatile boolean ended;
    private volatile boolean failed;

    private ChatStream(
            Source source, String provider, @Nullable String requestedModel, UnaryOperator<ChatResponse> completion) {
        this.source = Objects.requireNonNull(source, "source");
        this.completion = Objects.requireNonNull(completion, "completion");
        this.answer = new ResponseAccumulator(provider, requestedModel);
    }

    /**
     * Returns a stream that reads its events from a source.
     *
     * @param provider the name of the provider instance that answers; {@code ""} if it is not known yet
     */
    public static ChatStream of(String provider, Source source) {
        return new ChatStream(source, provider, null, UnaryOperator.identity());
    }

    /**
     * Returns a stream that reads its events from a source and records which provider and model answered, so that the
     * answer can be sent back with its reasoning; see {@link AssistantMessage#isFrom}.
     *
     * @param provider the name of the provider instance that answers
     * @param requestedModel the model name in the request; null if unknown
     */
    public static ChatStream of(String provider, @Nullable String requestedModel, Source source) {
        return new ChatStream(source, provider, requestedModel, UnaryOperator.identity());
    }

    /**
     * Returns a stream that reads its events from the source of another stream, as a client does.
     *
     * @param completion adds data to the answer that its events do not contain, such as its provider; any thread may
     *     call it at any time
     */
    public static ChatStream of(Source source, UnaryOperator<ChatResponse> completion) {
        return new ChatStream(source, "", null, completion);
    }

    /** Returns a stream that delivers a complete answer, for providers that cannot stream and for fakes. */
    public static ChatStream ofAnswer(ChatResponse answer) {
        return new ChatStream(new WholeAnswer(answer), answer.provider(), null, UnaryOperator.identity());
    }

    /**
     * Returns an iterator over the events. This method can be called only once. A second call throws an
     * {@link IllegalStateException}, because the answer cannot be requested again.
     */
    @Override
    public Iterator<ChatStreamEvent> iterator() {
        startReading();
        return new Events();
    }

    /**
     * Returns the source of this stream, so that another stream can wrap it. The wrapping stream then reads the source
     * and accumulates the answer, so {@link #partial} of this stream stays empty. A client wraps the streams of
     * providers and decorators in this way. A decorator that needs the text of an answer must therefore read it from
     * the stream that it wraps, not from the stream that it returns.
     *
     * @throws IllegalStateException if the stream is already being read
     */
    public Source source() {
        startReading();
        return source;
    }

    private void startReading() {
        if (!iterated.compareAndSet(false, true)) {
            throw new IllegalStateException("a stream can only be read once; collect() returns the whole answer");
        }
    }

    /**
     * Reads the stream to its end, passes each piece of text to the action, and closes the stream. Returns the whole
     * answer.
     */
    public ChatResponse forEachText(Consumer<? super String> action) {
        return read(event -> {
            if (event instanceof ChatStreamEvent.TextDelta delta) {
                action.accept(delta.text());
            }
        });
    }

    /**
     * Reads the stream to its end, passes each event to the handler method for its type, and closes the stream. Returns
     * the whole answer.
     */
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

    /** Reads the stream to its end, closes it, and returns the whole answer. */
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
     * Returns the answer received so far, or the whole answer once the stream is complete. Any thread may call this
     * method at any time.
     */
    public ChatResponse partial() {
        return completion.apply(answer.response());
    }

    /** Returns whether the stream was closed before it completed or failed. */
    public boolean isCancelled() {
        return closed && !ended && !failed;
    }

    /**
     * Cancels the stream unless it has ended, and releases the connection. This method is idempotent, and any thread
     * may call it.
     */
    @Override
    public void close() {
        closed = true;
        source.close();
    }

    private final class Events implements Iterator<ChatStreamEvent> {
        private @Nullable ChatStreamEvent ahead;

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
                throw new NoSuchElementException("the stream has ended");
            }
            ChatStreamEvent event = Objects.requireNonNull(ahead);
            ahead = null;
            if (event instanceof ChatStreamEvent.Finish) {
                ended = true;
            }
            answer.add(event);
            return event;
        }

        private ChatStreamEvent read() {
            if (closed) {
                throw new CancellationException("the stream was closed");
            }
            try {
                ChatStreamEvent event = source.next();
                if (event == null) {
                    throw new UnfinishedStreamException(); // because a complete stream ends with Finish
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

    /** Returns a description that omits the answer. */
    @Override
    public String toString() {
        return "ChatStream[" + (ended ? "complete" : failed ? "failed" : closed ? "cancelled" : "open") + "]";
    }
}
