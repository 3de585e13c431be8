package dev.llmspi.core.resilience;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.Usage;
import dev.llmspi.core.call.StreamEnd;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The stream of one attempt. {@link #open} reads up to the first content and holds it back: until then the attempt may fail and
 * another be made, without the caller having seen anything. From then on this is the answer, for better or worse.
 */
final class StreamedAttempt implements ChatStream.Source {

    private final String provider;
    private final Optional<String> model;
    private final AttemptRecord record;
    private final ChatStream stream;
    private final Iterator<ChatStreamEvent> events;
    private final Deque<ChatStreamEvent> heldBack = new ArrayDeque<>(2);
    private Usage usage = Usage.none();
    private boolean complete;

    private StreamedAttempt(String provider, Optional<String> model, AttemptRecord record, ChatStream stream) {
        this.provider = provider;
        this.model = model;
        this.record = record;
        this.stream = stream;
        this.events = stream.passedOn();
    }

    /**
     * Asks, and reads to the first content.
     *
     * @throws RuntimeException as {@link AttemptRecord#failed} makes it; the attempt has then ended
     */
    static ChatStream open(AttemptRecord.Asked asked, ChatRequest request, AttemptRecord record) {
        ChatStream stream = null;
        try {
            stream = asked.target().stream(request, record.scope());
            if (stream == null) {
                throw AttemptRecord.fault("returned null instead of a stream", null);
            }
            StreamedAttempt attempt = new StreamedAttempt(asked.settings().name(), request.model(), record, stream);
            attempt.readToContent();
            return ChatStream.of(asked.settings().name(), attempt);
        } catch (Throwable e) {
            RuntimeException failure = record.failed(e);
            if (stream != null) {
                StreamEnd.close(stream);
            }
            throw failure;
        }
    }

    private void readToContent() {
        while (true) {
            ChatStreamEvent event = read();
            heldBack.add(event);
            if (event.isContent()) {
                record.firstContent();
                return;
            }
            if (event instanceof ChatStreamEvent.Finish) {
                record.isWhole();
                return;
            }
        }
    }

    private ChatStreamEvent read() {
        ChatStreamEvent event = events.next();
        if (event instanceof ChatStreamEvent.UsageReported report) {
            usage = report.usage();
        }
        return event;
    }

    @Override
    public @Nullable ChatStreamEvent next() {
        if (complete) {
            return null; // whatever a provider sends after the end is not part of the answer
        }
        ChatStreamEvent event;
        try {
            if (heldBack.isEmpty()) {
                record.awaitsNext();
                event = read();
                record.scope().stopClock();
            } else {
                record.scope().throwIfEnded();
                event = heldBack.remove();
            }
        } catch (Throwable e) {
            RuntimeException failure = record.failed(e);
            StreamEnd.close(stream);
            throw failure;
        }
        if (event instanceof ChatStreamEvent.Finish finish) {
            complete = true;
            record.succeeded(finish.model(), finish.requestId(), usage);
            StreamEnd.close(stream);
        }
        return event;
    }

    @Override
    public ChatResponse describe(ChatResponse answer) {
        AssistantMessage message =
                answer.message().toBuilder().from(provider, model.orElse(null)).build();
        return answer.toBuilder().provider(provider).message(message).build();
    }

    @Override
    public void close() {
        record.closed(); // without effect at the end of the stream
        StreamEnd.close(stream);
    }
}
