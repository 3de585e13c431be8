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
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of a stream on request. Once a finish reason has arrived, the stream ends with {@code [DONE]}, when
 * the body ends in any way, or when no further event arrives for a while. {@link Completeness} then decides whether the
 * answer is complete.
 */
final class StreamSource implements ChatStream.Source {

    /** The collaborators that all streams of a provider share. */
    record Rules(
            OpenAiDialect dialect, ErrorMapper errors, ResponseDecoder decoder, JsonReader json, Duration settle) {}

    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

    /**
     * The maximum size, in bytes, of an error that is not enclosed in a member {@code error}. Other errors have no such
     * limit.
     */
    private static final int LARGEST_BARE_ERROR = 16 * 1024;

    private static final Duration BEFORE_TIMEOUT = Duration.ofMillis(50);
    private static final Duration SHORTEST_SETTLE = Duration.ofMillis(1);

    private final EventBody http;
    private final Rules rules;
    private final WireCall call;
    private final Redactor redactor;
    private final StreamAccumulator answer;
    private final StreamErrors errors;
    private final ChunkDecoder chunks;
    private final ChunkTemplate template = new ChunkTemplate();
    private final Queue<ChatStreamEvent> ready = new ArrayDeque<>();
    private boolean delivered;
    private boolean ended;
    /** Whether the connection can be reused although the stream failed. */
    private boolean reusable;

    private @Nullable RuntimeException failure;

    StreamSource(EventBody http, Rules rules, WireCall call, Redactor redactor) {
        this.http = http;
        this.rules = rules;
        this.call = call;
        this.redactor = redactor;
        WireReply head = new WireReply(http.status(), http.headers(), JsonObject.from(null));
        this.answer = new StreamAccumulator(head, rules.dialect(), rules.decoder(), rules.json(), call.tools());
        this.errors = new StreamErrors(http, rules.errors(), rules.json(), call, redactor, answer::soFar);
        this.chunks = new ChunkDecoder(rules.json(), answer::knows);
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
                end(!reusable);
                // The events that were decoded before the failure are delivered first.
            }
        }
    }

    /** Reads the next event in the body, or handles the end of the body. */
    private void advance() {
        SseReader event;
        try {
            if (answer.finish().isPresent()) {
                http.limitReading(settle());
            }
            event = http.nextEvent();
        } catch (TransportException e) {
            if (answer.finish().isPresent() && e.reason() != ErrorReason.CANCELLED) {
                ended(Completeness.End.BODY);
                return;
            }
            throw errors.lost(e);
        }
        if (event == null) {
            ended(Completeness.End.BODY);
        } else if (!event.isError() && isDone(event)) {
            ended(Completeness.End.DONE);
        } else {
            take(event);
        }
    }

    /**
     * Returns how long to wait for events after the finish reason. The wait ends before the attempt times out, because
     * the answer may already be complete.
     */
    private Duration settle() {
        Duration left = call.context().remaining().minus(BEFORE_TIMEOUT);
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
        template.learn(event.buffer(), event.offset(), event.length(), chunk);
        answer.add(chunk, ready);
        if (answer.finish().isBrokenOff()) {
            ended(Completeness.End.BODY);
        }
    }

    /**
     * Whether a chunk without choices is an error. Such chunks are parsed twice, which is affordable because they are
     * rare.
     */
    private boolean isBareError(Chunk chunk, SseReader event) {
        boolean onlyUsage = !chunk.outside.isEmpty()
                && chunk.outside.stream().allMatch(piece -> piece instanceof Chunk.UsageMember);
        return !onlyUsage && event.length() <= LARGEST_BARE_ERROR && errors.isBare(bytes(event));
    }

    private void malformed(SseReader event, boolean tooLarge) {
        if (tooLarge) {
            throw errors.unusable(ErrorReason.TOO_LARGE, "sent a stream that exceeds the bounds");
        }
        if (event.isWhole()) {
            if (event.length() <= LARGEST_BARE_ERROR && errors.isBare(bytes(event))) {
                throw reported(bytes(event)); // an error inside an array
            }
            throw errors.unusable(ErrorReason.MALFORMED_RESPONSE, "sent a stream chunk that cannot be read");
        }
        ended(Completeness.End.BODY); // the body ended in the middle of the event
    }

    private static byte[] bytes(SseReader event) {
        return Arrays.copyOfRange(event.buffer(), event.offset(), event.offset() + event.length());
    }

    private LlmException reported(byte[] bytes) {
        reusable = true;
        return errors.reported(bytes);
    }

    /** Handles the end of the body, or of the part that contains the answer. */
    private void ended(Completeness.End end) {
        try {
            answer.takeMessages(ready);
        } catch (StreamConstraintsException e) {
            throw errors.unusable(ErrorReason.TOO_LARGE, "sent a stream that exceeds the bounds");
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
            case NAMELESS_CALL ->
                throw errors.unusable(ErrorReason.MALFORMED_RESPONSE, "sent a tool call without a name");
            case EMPTY -> unframed();
            default -> throw errors.unusable(ErrorReason.TRUNCATED, "ended the stream before the answer was complete");
        }
    }

    private LlmException brokenOff() {
        if (!delivered) {
            ready.clear(); // nothing was delivered, so another link can still answer the call
        }
        reusable = true;
        return errors.unusable(ErrorReason.TRUNCATED, answer.finish().brokenOff(redactor));
    }

    private void complete() {
        try {
            answer.complete(call, redactor, ready);
        } catch (StreamConstraintsException e) {
            throw errors.unusable(ErrorReason.TOO_LARGE, "sent a stream that exceeds the bounds");
        }
        end(false);
    }

    /**
     * Handles a body that contains no part of a streamed answer. It may be an error that is not sent as an event, a
     * whole answer, or a proxy's HTML page.
     */
    private void unframed() {
        UnframedBody body = new UnframedBody(http.unframed(), rules.json());
        if (body.isEmpty()) {
            throw errors.unusable(ErrorReason.EMPTY_RESPONSE, "sent an empty stream");
        }
        JsonObject whole = body.answer();
        if (!whole.isEmpty()) {
            WireReply reply = new WireReply(http.status(), http.headers(), whole);
            ChatStream.Source events = ChatStream.Source.of(rules.decoder().decode(reply, call, redactor));
            for (ChatStreamEvent event; (event = events.next()) != null; ) {
                ready.add(event);
            }
            end(false);
            return;
        }
        WireReply head = new WireReply(http.status(), http.headers(), whole);
        throw body.isError(head, rules.errors(), redactor)
                ? reported(body.bytes())
                : errors.unusable(ErrorReason.MALFORMED_RESPONSE, body.what(redactor));
    }

    /** @param broken whether to close the connection instead of keeping it for reuse */
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

    @Override
    public void close() {
        http.close();
    }
}
