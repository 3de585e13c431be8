package dev.llmspi.core.call;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.UnfinishedStreamException;
import dev.llmspi.api.Usage;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmServiceException;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A call as a stream: asks at the first read, ends the call with the stream, and gives every error its attempts and what was
 * delivered. Read by one thread at a time; closed by any.
 */
public final class CallStream implements ChatStream.Source {

    private final CallScope call;
    private final Supplier<ChatStream> ask;
    private final Runnable over;
    private final ReentrantLock finishing = new ReentrantLock();
    private volatile boolean finished;
    private volatile @Nullable ChatStream answer;
    private @Nullable Iterator<ChatStreamEvent> events;
    private @Nullable ChatStream self;
    private Usage usage = Usage.none();
    private @Nullable RuntimeException failure;
    private volatile boolean closed;

    private CallStream(CallScope call, Supplier<ChatStream> ask, Runnable over) {
        this.call = call;
        this.ask = ask;
        this.over = over;
    }

    /**
     * @param ask makes the request; called at the first read
     * @param over runs once at the very end, whatever happens
     */
    public static ChatStream of(CallScope call, Supplier<ChatStream> ask, Runnable over) {
        CallStream source = new CallStream(call, ask, over);
        ChatStream stream = ChatStream.of("", source);
        source.self = stream;
        call.cancellation().onCancel(source::endedFromOutside);
        return stream;
    }

    /** A clock or a cancel may come while nobody reads: then nobody else lets go of the call. */
    private void endedFromOutside() {
        if (!isRead() && !closed && !finished) {
            Aside.run(() -> {
                if (!isRead()) {
                    closeAnswer();
                    finish(null, call.overdueError());
                    call.freeCaller();
                }
            });
        }
    }

    @Override
    public @Nullable ChatStreamEvent next() {
        if (failure != null) {
            throw failure; // read again after its end: nothing is asked again, and nothing more is delivered
        }
        call.runsOnThisThread();
        try {
            call.throwIfEnded();
            if (events == null) {
                events = asked().passedOn();
            }
            ChatStreamEvent event = events.next(); // ends with a finish or an error, never before
            if (event instanceof ChatStreamEvent.UsageReported report) {
                usage = report.usage();
            } else if (event instanceof ChatStreamEvent.Finish end) {
                finish(call.isHeard() ? outline(end) : null, null);
            }
            return event;
        } catch (LlmException e) {
            throw ended(failed(e));
        } catch (UnfinishedStreamException e) {
            throw ended(failed(fault("ended a stream without a finish reason", ErrorReason.TRUNCATED)));
        } catch (RuntimeException e) {
            throw ended(e);
        } catch (Error e) {
            ended(new IllegalStateException("the stream ended with " + e, e));
            throw e;
        } finally {
            call.runsOnNoThread();
            if (closed) {
                closeAnswer(); // it may have come just after the close
                finishClosed();
            } else if (call.endCause().isPresent()) {
                endedFromOutside(); // the end came while an event was already on its way to the reader
            }
        }
    }

    /** What listeners are told of the answer; its text is none of it. */
    private ChatResponse outline(ChatStreamEvent.Finish end) {
        return describe(ChatResponse.builder(AssistantMessage.builder().build())
                .model(end.model().orElse(null))
                .usage(usage)
                .build());
    }

    private ChatStream asked() {
        ChatStream asked = ask.get();
        if (asked == null) {
            throw fault("returned null instead of a stream", ErrorReason.PROVIDER_FAULT);
        }
        answer = asked;
        return asked;
    }

    /** Attempts end with an event or an error: what else comes is made by a decorator around the chain. */
    private static LlmException fault(String what, ErrorReason reason) {
        return LlmServiceException.builder()
                .message("a decorator of calls " + what)
                .reason(reason)
                .requestSent(false)
                .build();
    }

    private RuntimeException ended(RuntimeException error) {
        failure = error;
        closeAnswer();
        finish(null, error);
        return error;
    }

    private LlmException failed(LlmException error) {
        // Not by its call id: a provider gives its errors that, but knows of no attempts.
        LlmException complete = error.attempts().isEmpty() ? call.history().failed(error) : error;
        ChatResponse delivered = Objects.requireNonNull(self).partial();
        boolean nothing = delivered.text().isEmpty()
                && delivered.message().reasoning().isEmpty()
                && delivered.toolCalls().isEmpty();
        if (nothing) {
            return complete;
        }
        return complete.toBuilder().partial(delivered).build();
    }

    /** Who answers is known from the attempts; the id and the list are the call's. */
    @Override
    public ChatResponse describe(ChatResponse response) {
        ChatStream inner = answer;
        List<Attempt> attempts = call.history().attempts();
        return (inner == null ? response : inner.describe(response))
                .toBuilder().callId(call.callId()).attempts(attempts).build();
    }

    @Override
    public void close() {
        closed = true;
        call.end(EndCause.CALLER); // without effect at the end of the stream
        closeAnswer();
        if (!isRead()) {
            finishClosed();
        } // else the reader is about to wake, and ends the call when its attempt is listed
    }

    private void closeAnswer() {
        ChatStream inner = answer;
        if (inner != null) {
            StreamEnd.close(inner); // it may be a decorator's
        }
    }

    /** Whether a reader is within it just now. */
    private boolean isRead() {
        return call.thread() != null;
    }

    /** Without effect, and without an exception made in vain, after any other end. */
    private void finishClosed() {
        if (!finished) {
            finish(null, new CancellationException("the stream was closed"));
        }
    }

    /** Once; who comes second waits until the listeners have been told, so that no caller is ahead of them. */
    private void finish(@Nullable ChatResponse response, @Nullable Throwable error) {
        finishing.lock();
        try {
            if (!finished) {
                finished = true;
                call.finished(response, error);
                call.close();
                over.run();
            }
        } finally {
            finishing.unlock();
        }
    }
}
