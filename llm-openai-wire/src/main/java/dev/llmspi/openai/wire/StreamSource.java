package dev.llmspi.openai.wire;

import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.openai.wire.http.EventBody;
import dev.llmspi.openai.wire.http.SseReader;
import dev.llmspi.openai.wire.http.TransportException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The events of a stream, read when they are asked for. Decides whether the stream is complete: a finish reason arms
 * completion, and then {@code [DONE]}, the end of the body in whatever form, or a while without an event completes it.
 * Anything else that ends is an error.
 */
final class StreamSource implements ChatStream.Source {

    /** What the judgement needs of the provider. */
    record Rules(
            OpenAiDialect dialect, ErrorMapper errors, ResponseDecoder decoder, JsonReader json, Duration settle) {}

    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

    private static final Duration BEFORE_THE_CLOCK = Duration.ofMillis(50);
    private static final Duration SHORTEST_SETTLE = Duration.ofMillis(1);

    private final EventBody http;
    private final Rules rules;
    private final CallScope scope;
    private final ServerText text;
    private final StreamedReply reply;
    private final ChunkDecoder chunks;
    private @Nullable Queue<ChatStreamEvent> ready;
    private boolean delivered;
    private boolean ended;
    private @Nullable RuntimeException failure;

    StreamSource(EventBody http, Rules rules, CallScope scope, ServerText text) {
        this.http = http;
        this.rules = rules;
        this.scope = scope;
        this.text = text;
        WireReply head = new WireReply(http.status(), http.headers(), JsonObject.from(null));
        this.reply = new StreamedReply(head, rules.dialect(), rules.decoder(), rules.json());
        this.chunks = new ChunkDecoder(reply, rules.json());
    }

    @Override
    public @Nullable ChatStreamEvent next() {
        while (true) {
            ChatStreamEvent event = ready == null ? null : ready.poll();
            if (event != null) {
                delivered |= event.isContent();
                return event;
            }
            if (failure != null) {
                throw failure;
            }
            if (ended) {
                return null;
            }
            try {
                advance();
            } catch (RuntimeException e) {
                failure = e;
                // What an error event ends is in order, its connection too.
                end(!chunks.isError());
                throw e;
            }
        }
    }

    /** Reads one event of the body, or its end. */
    private void advance() {
        SseReader event;
        try {
            if (reply.isFinished()) {
                http.limitReading(settle());
            }
            event = http.nextEvent();
        } catch (TransportException e) {
            if (reply.isFinished() && e.reason() != ErrorReason.CANCELLED) {
                complete();
                return;
            }
            throw withRequestId(rules.errors().map(e, scope));
        }
        if (event == null) {
            ended(false);
        } else if (isDone(event)) {
            ended(true);
        } else {
            take(event);
        }
    }

    /** The answer is complete as it is: no clock of the attempt may ring first. */
    private Duration settle() {
        Duration left = scope.context().remaining().minus(BEFORE_THE_CLOCK);
        Duration settle = left.compareTo(rules.settle()) < 0 ? left : rules.settle();
        return settle.compareTo(SHORTEST_SETTLE) < 0 ? SHORTEST_SETTLE : settle;
    }

    private void take(SseReader event) {
        try {
            ready = chunks.decode(event.buffer(), event.offset(), event.length());
        } catch (JsonReader.MalformedJsonException e) {
            if (e.isTooLarge()) {
                throw unusable(ErrorReason.TOO_LARGE, "sent a stream beyond the bounds");
            }
            if (!event.isWhole()) {
                ended(false);
                return;
            }
            throw unusable(ErrorReason.MALFORMED_RESPONSE, "sent a piece of a stream that cannot be read");
        }
        if (chunks.isError()) {
            throw reported(event);
        }
    }

    /** The same judgement as for an error in a whole answer, from the same tree. */
    private LlmException reported(SseReader event) {
        byte[] bytes = Arrays.copyOfRange(event.buffer(), event.offset(), event.offset() + event.length());
        ErrorBody whole = ErrorBody.of(bytes, rules.json());
        JsonObject body = whole.body();
        ErrorBody error = whole;
        if (!ResponseDecoder.isError(body.value("error"))) {
            for (JsonObject choice : body.objects("choices")) {
                if (ResponseDecoder.isError(choice.value("error"))
                        || FinishWord.of(choice).isError()) {
                    error = ErrorBody.of(choice);
                }
            }
        }
        WireReply said = new WireReply(http.status(), http.headers(), body);
        return withRequestId(rules.errors().map(said, error, scope, text));
    }

    /** The body has ended, or all that counts of it. */
    private void ended(boolean done) {
        boolean content = delivered || !reply.toolCalls().isEmpty() || reply.isRefused();
        if (reply.isFinished()) {
            complete();
        } else if (!content) {
            throw unusable(ErrorReason.EMPTY_RESPONSE, "sent a stream with nothing in it");
        } else if (done && rules.dialect().trustsDone() && reply.toolCalls().areWhole()) {
            complete();
        } else {
            throw unusable(ErrorReason.TRUNCATED, "ended the stream before the answer was complete");
        }
    }

    private void complete() {
        if (reply.toolCalls().lackName()) {
            throw unusable(ErrorReason.MALFORMED_RESPONSE, "sent a tool call without a name");
        }
        Queue<ChatStreamEvent> last = chunks.events();
        reply.toolCalls().complete(last);
        last.add(reply.end(scope, text));
        ready = last;
        end(false);
    }

    /** @param broken whether to end the call whatever is still to come */
    private void end(boolean broken) {
        ended = true;
        chunks.close();
        if (broken) {
            http.close();
        } else {
            http.letGo();
        }
    }

    private static boolean isDone(SseReader event) {
        int start = event.offset();
        int end = start + event.length();
        byte[] bytes = event.buffer();
        while (end > start && bytes[end - 1] == ' ') {
            end--;
        }
        while (start < end && bytes[start] == ' ') {
            start++;
        }
        return Arrays.equals(bytes, start, end, DONE, 0, DONE.length);
    }

    private LlmException unusable(ErrorReason reason, String what) {
        return rules.errors().unusable(reply.soFar(), reason, what, scope, text);
    }

    private LlmException withRequestId(LlmException error) {
        return error.requestId().isPresent()
                ? error
                : error.toBuilder()
                        .requestId(ErrorMapper.requestId(reply.soFar(), text))
                        .build();
    }

    @Override
    public void close() {
        http.close();
    }
}
