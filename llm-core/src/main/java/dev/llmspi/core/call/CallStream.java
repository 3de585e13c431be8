package dev.llmspi.core.call;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.UnfinishedStreamException;
import dev.llmspi.api.Usage;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.core.runtime.FatalErrors;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Presents a call as a stream. It sends the request at the first read and ends the call when the stream ends. It adds
 * the call's attempts and the content delivered so far to every error. Only one thread at a time may read the stream,
 * but any thread may close it.
 */
public final class CallStream implements ChatStream.Source {

    private final ActiveCall call;
    private final Supplier<@Nullable ChatStream> ask;
    /** Written only while holding the lock of this object. */
    private volatile boolean finished;

    private volatile ChatStream.@Nullable Source answer;
    private @Nullable ChatStream stream;
    private Usage usage = Usage.none();
    private boolean complete;
    private @Nullable RuntimeException failure;
    private volatile boolean closed;

    private CallStream(ActiveCall call, Supplier<@Nullable ChatStream> ask) {
        this.call = call;
        this.ask = ask;
    }

    /**
     * Creates the stream of a call.
     *
     * @param entry the chain, wrapped in its decorators
     */
    public static ChatStream of(ActiveCall call, LlmProvider entry, ChatRequest request) {
        return of(call, () -> entry.stream(request, call));
    }

    /**
     * Creates the stream of a call.
     *
     * @param ask sends the request; called at the first read
     */
    static ChatStream of(ActiveCall call, Supplier<@Nullable ChatStream> ask) {
        CallStream source = new CallStream(call, ask);
        ChatStream stream = ChatStream.of(source, source::completed);
        source.stream = stream;
        try {
            call.cancellation().onCancel(source::terminated);
        } catch (VirtualMachineError e) {
            source.finish(null, e); // the call was already terminated, and no thread could be had to end it
            throw e;
        }
        return stream;
    }

    /** Creates the stream of a call that could not be opened. Every read throws the error. */
    public static ChatStream failed(LlmException error) {
        return ChatStream.of(
                new ChatStream.Source() {
                    @Override
                    public ChatStreamEvent next() {
                        throw error;
                    }

                    @Override
                    public void close() {
                        // there is nothing to close
                    }
                },
                answer -> answer);
    }

    private static ChatStream.Source source(@Nullable ChatStream stream) {
        if (stream == null) {
            throw fault("returned null instead of a stream", ErrorReason.PROVIDER_FAULT);
        }
        try {
            return stream.source();
        } catch (RuntimeException e) {
            AttemptStream.closeQuietly(stream); // a decorator has already read from the stream that it returned
            throw e;
        }
    }

    /** Ends the call if it is terminated while no thread is reading, because no reader will release its resources. */
    private void terminated() {
        if (!isRead() && !closed && !finished) {
            call.calls().watchdog().runAside(this::endUnread);
        }
    }

    private void endUnread() {
        if (!isRead()) {
            closeAnswer();
            call.endOverdue(error -> {
                finish(null, error);
                call.runOverdueCallback();
            });
        }
    }

    /** Ends the call on the reader's own thread if no other thread can be had. */
    private void terminatedWhileRead() {
        try {
            terminated();
        } catch (OutOfMemoryError e) {
            if (!FatalErrors.isThreadLimit(e)) {
                throw e;
            }
            endUnread();
        }
    }

    @Override
    public @Nullable ChatStreamEvent next() {
        if (failure != null) {
            throw failure; // a read after the end must not send a second request
        }
        if (complete) {
            return null;
        }
        call.runsOnThisThread();
        try {
            call.throwIfTerminated();
            ChatStream.Source source = answer;
            if (source == null) {
                answer = source = source(ask.get());
            }
            ChatStreamEvent event = source.next();
            if (event == null) {
                throw fault("ended a stream without a finish reason", ErrorReason.TRUNCATED);
            }
            if (event instanceof ChatStreamEvent.UsageReported report) {
                usage = report.usage();
            } else if (event instanceof ChatStreamEvent.Finish end) {
                complete = true;
                call.endAttempts();
                finish(call.report().isReported() ? outline(end) : null, null);
            }
            return event;
        } catch (LlmException e) {
            throw ended(e);
        } catch (UnfinishedStreamException e) {
            throw ended(fault("ended a stream without a finish reason", ErrorReason.TRUNCATED));
        } catch (RuntimeException e) {
            throw ended(e);
        } catch (Throwable e) { // decorators in other JVM languages may throw checked exceptions
            ended(new IllegalStateException("the stream ended with " + e, e));
            throw e;
        } finally {
            call.runsOnNoThread();
            if (closed) {
                closeAnswer(); // the answer may have arrived just after the stream was closed
                finishClosed();
            } else if (call.cause() != null) {
                terminatedWhileRead(); // the call was terminated while an event was on its way to the reader
            }
        }
    }

    /** Builds the answer that listeners receive, without its text. */
    private ChatResponse outline(ChatStreamEvent.Finish end) {
        return completed(ChatResponse.builder(AssistantMessage.builder().build())
                .model(end.model().orElse(null))
                .usage(usage)
                .build());
    }

    /** Creates the error for a fault in the code of a call decorator. */
    private static LlmException fault(String what, ErrorReason reason) {
        return LlmServiceException.builder()
                .message("a call decorator " + what)
                .reason(reason)
                .requestSent(false)
                .build();
    }

    private RuntimeException ended(RuntimeException error) {
        closeAnswer();
        call.endAttempts();
        RuntimeException complete = error instanceof LlmException one ? completed(one) : error;
        failure = complete;
        finish(null, complete);
        return complete;
    }

    private LlmException completed(LlmException error) {
        LlmException complete = call.history().ensureCompleted(error);
        ChatResponse delivered = Objects.requireNonNull(stream).partial();
        boolean nothing = delivered.text().isEmpty()
                && delivered.message().reasoning().isEmpty()
                && delivered.toolCalls().isEmpty();
        return nothing ? complete : complete.toBuilder().partial(delivered).build();
    }

    /** Adds the data that stream events do not contain: the provider that answered, the call ID and the attempts. */
    private ChatResponse completed(ChatResponse response) {
        AttemptExecution answering = call.answeringAttempt();
        return call.history().completed(answering == null ? response : answering.attributed(response));
    }

    @Override
    public void close() {
        closed = true;
        call.terminate(TerminationCause.CALLER); // has no effect if the stream has already ended
        closeAnswer();
        if (!isRead()) {
            finishClosed();
            if (call == call.root()) {
                call.report().awaitTold();
            }
        } // otherwise the reader wakes up and ends the call after adding its attempt to the history
    }

    private void closeAnswer() {
        ChatStream.Source inner = answer;
        if (inner != null) {
            AttemptStream.closeQuietly(inner); // a source created by a decorator may fail to close
        }
    }

    /** Whether a thread is inside {@link #next} now. */
    private boolean isRead() {
        return call.thread() != null;
    }

    /** Ends the call because its stream was closed. Has no effect if the call has already ended. */
    private void finishClosed() {
        if (!finished) {
            finish(null, new CancellationException("the stream was closed"));
        }
    }

    /** Ends the call once. A second thread does not wait for the first one. */
    private void finish(@Nullable ChatResponse response, @Nullable Throwable error) {
        if (isFirstToFinish()) {
            try {
                call.finished(response, error);
            } finally {
                call.close();
                call.calls().ended();
            }
        }
    }

    private synchronized boolean isFirstToFinish() {
        boolean first = !finished;
        finished = true;
        return first;
    }
}
