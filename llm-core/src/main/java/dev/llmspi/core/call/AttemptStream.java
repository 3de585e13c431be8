package dev.llmspi.core.call;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.Usage;
import dev.llmspi.core.runtime.FatalErrors;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The stream of one attempt. {@link #open} reads events up to the first content and holds them back. Until then the
 * attempt may fail and be repeated, because the caller has received nothing. From then on, this stream is the answer.
 */
final class AttemptStream implements ChatStream.Source {

    private static final Logger LOG = System.getLogger("dev.llmspi.call");

    private final AttemptExecution attempt;
    private final ChatStream.Source events;
    private final Deque<ChatStreamEvent> heldBack = new ArrayDeque<>(2);
    private Usage usage = Usage.none();
    private boolean complete;

    private AttemptStream(AttemptExecution attempt, ChatStream.Source events) {
        this.attempt = attempt;
        this.events = events;
    }

    /**
     * Sends the request and reads events up to the first content.
     *
     * @throws RuntimeException the exception that {@link AttemptExecution#failed} returns, if the attempt has failed
     *     and ended
     */
    static ChatStream open(AttemptExecution attempt, ChatRequest request) {
        ChatStream stream = null;
        try {
            stream = attempt.target().provider().stream(request, attempt);
            if (stream == null) {
                throw AttemptErrors.fault("returned null instead of a stream", null);
            }
            AttemptStream opened = new AttemptStream(attempt, stream.source());
            opened.readToContent();
            return ChatStream.of(opened, attempt::attributed);
        } catch (Throwable e) {
            RuntimeException failure = attempt.failed(e);
            if (stream != null) {
                closeQuietly(stream);
            }
            throw failure;
        }
    }

    private void readToContent() {
        while (true) {
            ChatStreamEvent event = read();
            heldBack.add(event);
            if (event.isContent()) {
                attempt.firstContentArrived();
                return;
            }
            if (event instanceof ChatStreamEvent.Finish) {
                attempt.answerArrived();
                return;
            }
        }
    }

    private ChatStreamEvent read() {
        ChatStreamEvent event = events.next();
        if (event == null) {
            throw AttemptErrors.truncated();
        }
        if (event instanceof ChatStreamEvent.UsageReported report) {
            usage = report.usage();
        }
        return event;
    }

    @Override
    public @Nullable ChatStreamEvent next() {
        if (complete) {
            return null; // anything that the provider sends after the end is ignored
        }
        ChatStreamEvent event;
        try {
            if (heldBack.isEmpty()) {
                attempt.awaitNext();
                event = read();
                attempt.timer().stop();
            } else {
                attempt.throwIfTerminated(attempt.call().now());
                event = heldBack.remove();
            }
        } catch (Throwable e) {
            RuntimeException failure = attempt.failed(e);
            closeQuietly(events);
            throw failure;
        }
        if (event instanceof ChatStreamEvent.Finish finish) {
            complete = true;
            try {
                attempt.succeeded(finish.model(), finish.requestId(), usage);
            } finally {
                closeQuietly(events);
            }
        }
        return event;
    }

    @Override
    public void close() {
        attempt.closed(); // has no effect if the stream has already ended
        closeQuietly(events);
    }

    /**
     * Closes a stream that third-party code created. A failure to close must neither prevent the call from ending nor
     * lose the answer.
     */
    static void closeQuietly(AutoCloseable stream) {
        try {
            stream.close();
        } catch (Throwable e) {
            FatalErrors.rethrow(e);
            LOG.log(Level.WARNING, "a stream failed to close", e);
        }
    }
}
