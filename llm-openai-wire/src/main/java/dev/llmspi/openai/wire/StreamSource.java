package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.openai.wire.http.EventBody;
import dev.llmspi.openai.wire.http.SseReader;
import dev.llmspi.openai.wire.http.TransportException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The events of a stream, read when they are asked for. A finish reason arms completion: then {@code [DONE]}, the end
 * of the body in whatever form, or a while without an event ends the stream. {@link Completeness} judges whether the
 * answer is complete then.
 */
final class StreamSource implements ChatStream.Source {

    /** What the judgement needs of the provider. */
    record Rules(
            OpenAiDialect dialect, ErrorMapper errors, ResponseDecoder decoder, JsonReader json, Duration settle) {}

    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

    /** In bytes; an error object around the error has no such limit. */
    private static final int LARGEST_BARE_ERROR = 16 * 1024;

    private static final Duration BEFORE_THE_CLOCK = Duration.ofMillis(50);
    private static final Duration SHORTEST_SETTLE = Duration.ofMillis(1);

    private final EventBody http;
    private final Rules rules;
    private final CallScope scope;
    private final ServerText text;
    private final StreamAccumulator answer;
    private final ChunkDecoder chunks;
    private final ChunkTemplate template = new ChunkTemplate();
    private final Queue<ChatStreamEvent> ready = new ArrayDeque<>();
    private boolean delivered;
    private boolean ended;
    /** The connection is in order although the stream failed. */
    private boolean inOrder;

    private @Nullable RuntimeException failure;

    StreamSource(EventBody http, Rules rules, CallScope scope, ServerText text) {
        this.http = http;
        this.rules = rules;
        this.scope = scope;
        this.text = text;
        WireReply head = new WireReply(http.status(), http.headers(), JsonObject.from(null));
        this.answer = new StreamAccumulator(head, rules.dialect(), rules.decoder(), rules.json(), scope.tools());
        this.chunks = new ChunkDecoder(rules.json(), answer::knows, scope.several());
    }

    @Override
    public @Nullable ChatStreamEvent next() {
        while (true) {
            ChatStreamEvent event = ready.poll();
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
                end(!inOrder);
                // Events that were decoded before the failure come first.
            }
        }
    }

    /** Reads one event of the body, or its end. */
    private void advance() {
        SseReader event;
        try {
            if (answer.finish().isSaid()) {
                http.limitReading(settle());
            }
            event = http.nextEvent();
        } catch (TransportException e) {
            if (answer.finish().isSaid() && e.reason() != ErrorReason.CANCELLED) {
                ended(Completeness.End.BODY);
                return;
            }
            throw withRequestId(rules.errors().map(e, scope));
        }
        if (event == null) {
            ended(Completeness.End.BODY);
        } else if (!event.isError() && isDone(event)) {
            ended(Completeness.End.DONE);
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
        byte[] bytes = event.buffer();
        if (event.isError()) {
            throw reported(ErrorBody.lastLine(bytes(event), rules.json()));
        }
        try {
            String piece = template.text(bytes, event.offset(), event.length());
            if (piece != null) {
                answer.text(piece, ready);
            } else {
                decode(event);
            }
        } catch (JsonReader.MalformedJsonException e) {
            malformed(event, e.isTooLarge());
        } catch (StreamConstraintsException e) {
            malformed(event, true);
        }
    }

    private void decode(SseReader event) throws JsonReader.MalformedJsonException, StreamConstraintsException {
        Chunk chunk = chunks.decode(event.buffer(), event.offset(), event.length());
        if (chunk.error || chunk.choices == 0 && isBareError(chunk, event)) {
            throw reported(bytes(event));
        }
        if (chunk.choices > 1) {
            template.stop(); // from now on the index of a choice tells whether it is ours
        }
        template.learn(event.buffer(), event.offset(), event.length(), chunk.onlyText());
        answer.add(chunk, ready);
        if (answer.finish().isBrokenOff()) {
            ended(Completeness.End.BODY);
        }
    }

    static String brokenOff(WireFinishReason finish, ServerText text) {
        return "stopped generating early (finish reason \"" + text.name(String.valueOf(finish.raw())) + "\")";
    }

    /** Chunks without choices are rare, so that the members of a small one may be read once more. */
    private boolean isBareError(Chunk chunk, SseReader event) {
        boolean onlyUsage =
                !chunk.beside.isEmpty() && chunk.beside.stream().allMatch(piece -> piece instanceof Chunk.UsageMember);
        return !onlyUsage
                && event.length() <= LARGEST_BARE_ERROR
                && ErrorBody.of(bytes(event), rules.json()).isError();
    }

    private void malformed(SseReader event, boolean tooLarge) {
        if (tooLarge) {
            throw unusable(ErrorReason.TOO_LARGE, "sent a stream beyond the bounds");
        }
        if (event.isWhole()) {
            if (event.length() <= LARGEST_BARE_ERROR
                    && ErrorBody.of(bytes(event), rules.json()).isError()) {
                throw reported(bytes(event)); // an error in a list
            }
            throw unusable(ErrorReason.MALFORMED_RESPONSE, "sent a piece of a stream that cannot be read");
        }
        ended(Completeness.End.BODY); // the body ended within the event
    }

    private static byte[] bytes(SseReader event) {
        return Arrays.copyOfRange(event.buffer(), event.offset(), event.offset() + event.length());
    }

    /** The same judgement as for an error in a whole answer, from the same tree. */
    private LlmException reported(byte[] bytes) {
        inOrder = true;
        ErrorBody whole = ErrorBody.of(bytes, rules.json());
        JsonObject body = whole.body();
        ErrorBody error = whole;
        if (!ResponseDecoder.isError(body.value("error"))) {
            for (JsonObject choice : body.objects("choices")) {
                for (JsonObject place : List.of(choice.object("delta"), choice.object("message"), choice)) {
                    error = ResponseDecoder.isError(place.value("error")) ? ErrorBody.of(place) : error;
                }
            }
        }
        WireReply said = new WireReply(http.status(), http.headers(), body);
        return withRequestId(rules.errors().map(said, error, scope, text));
    }

    /** The body has ended, or everything that counts of it. */
    private void ended(Completeness.End end) {
        try {
            answer.takeMessages(ready);
        } catch (StreamConstraintsException e) {
            throw unusable(ErrorReason.TOO_LARGE, "sent a stream beyond the bounds");
        }
        ToolCallAssembler calls = answer.toolCalls();
        switch (Completeness.of(
                answer.finish(),
                delivered || answer.hasMore(),
                !calls.lackName(),
                calls.areWhole(),
                end,
                rules.dialect().trustsDone())) {
            case COMPLETE -> complete();
            case BROKEN_OFF -> throw brokenOff();
            case NAMELESS_CALL -> throw unusable(ErrorReason.MALFORMED_RESPONSE, "sent a tool call without a name");
            case EMPTY -> unframed();
            default -> throw unusable(ErrorReason.TRUNCATED, "ended the stream before the answer was complete");
        }
    }

    private LlmException brokenOff() {
        if (!delivered) {
            ready.clear(); // the call may still go on elsewhere, with an answer of its own
        }
        inOrder = true;
        return unusable(ErrorReason.TRUNCATED, brokenOff(answer.finish(), text));
    }

    private void complete() {
        try {
            answer.complete(scope, text, ready);
        } catch (StreamConstraintsException e) {
            throw unusable(ErrorReason.TOO_LARGE, "sent a stream beyond the bounds");
        }
        end(false);
    }

    /**
     * Nothing came that is part of an answer. The bytes may be something else than a stream: an error without framing,
     * a whole answer, a page of a proxy.
     */
    private void unframed() {
        UnframedBody body = new UnframedBody(http.unframed(), rules.json());
        if (body.isEmpty()) {
            throw unusable(ErrorReason.EMPTY_RESPONSE, "sent an empty stream");
        }
        JsonObject whole = body.answer();
        if (!whole.isEmpty()) {
            WireReply reply = new WireReply(http.status(), http.headers(), whole);
            ChatStream.Source events = ChatStream.Source.of(rules.decoder().decode(reply, scope, text));
            for (ChatStreamEvent event; (event = events.next()) != null; ) {
                ready.add(event);
            }
            end(false);
            return;
        }
        throw body.isError() ? reported(body.bytes()) : unusable(ErrorReason.MALFORMED_RESPONSE, body.what(text));
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
        return rules.errors().unusable(answer.soFar(), reason, what, scope, text);
    }

    private LlmException withRequestId(LlmException error) {
        return error.requestId().isPresent()
                ? error
                : error.toBuilder()
                        .requestId(ErrorMapper.requestId(answer.soFar(), text))
                        .build();
    }

    @Override
    public void close() {
        http.close();
    }
}
