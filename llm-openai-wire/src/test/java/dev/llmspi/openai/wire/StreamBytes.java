package dev.llmspi.openai.wire;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.TimeSource;
import dev.llmspi.openai.wire.http.Bounds;
import dev.llmspi.openai.wire.http.EventBody;
import dev.llmspi.openai.wire.http.SseReader;
import dev.llmspi.openai.wire.http.TransportException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A stream body that needs no network. It records what the stream does with its connection. */
final class StreamBytes implements EventBody {

    private final SseReader reader;
    private final @Nullable TransportException end;
    private final List<String> actions = new ArrayList<>();

    private StreamBytes(InputStream bytes, @Nullable TransportException end) {
        this.reader = new SseReader(bytes, Bounds.DEFAULTS);
        this.end = end;
    }

    /** Returns a body that contains events with the given data and then ends normally. */
    static StreamBytes events(String... events) {
        return events(null, events);
    }

    /** @param end the failure after the last event, or null if the body ends normally */
    static StreamBytes events(@Nullable TransportException end, String... events) {
        StringBuilder all = new StringBuilder();
        for (String event : events) {
            all.append("data: ").append(event).append("\n\n");
        }
        return new StreamBytes(new ByteArrayInputStream(all.toString().getBytes(StandardCharsets.UTF_8)), end);
    }

    /**
     * Decodes a body that arrives in pieces.
     *
     * @param cuts the ends of the pieces, in ascending order; after the last one, the rest of the body arrives at once
     */
    static ChatStream stream(byte[] body, int... cuts) {
        return new StreamBytes(new Pieces(body, cuts), null).stream();
    }

    ChatStream stream() {
        return stream(CallContext.create(), new OpenAiDialect() {});
    }

    ChatStream stream(OpenAiDialect dialect) {
        return stream(CallContext.create(), dialect);
    }

    /** @param remaining the time left for the attempt, which does not change while the test runs */
    ChatStream stream(Duration remaining) {
        return stream(new StandingStill(remaining), new OpenAiDialect() {});
    }

    private ChatStream stream(CallContext context, OpenAiDialect dialect) {
        ErrorMapper errors = new ErrorMapper(dialect, TimeSource.system());
        ResponseDecoder decoder = new ResponseDecoder(dialect, errors, JsonReader.STANDARD);
        StreamSource.Rules rules =
                new StreamSource.Rules(dialect, errors, decoder, JsonReader.STANDARD, Duration.ofSeconds(1));
        WireCall scope = new WireCall("local", "m", context, List.of());
        Redactor text = new Redactor(List.of(), List.of(), List.of());
        return ChatStream.of("local", "m", new StreamSource(this, rules, scope, text));
    }

    /** Returns the calls of {@code limitReading}, {@code letGo} and {@code close} so far. */
    List<String> actions() {
        return actions;
    }

    @Override
    public int status() {
        return 200;
    }

    @Override
    public Function<String, List<String>> headers() {
        return name -> List.of();
    }

    @Override
    public @Nullable SseReader nextEvent() throws TransportException {
        try {
            if (reader.next()) {
                return reader;
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        if (end != null) {
            throw end;
        }
        return null;
    }

    @Override
    public void limitReading(Duration time) {
        actions.add("limit " + time.toMillis());
    }

    @Override
    public void letGo() {
        actions.add("let go");
    }

    @Override
    public void close() {
        actions.add("close");
    }

    private static final class Pieces extends ByteArrayInputStream {
        private final int[] cuts;
        private int piece;

        Pieces(byte[] body, int[] cuts) {
            super(body);
            this.cuts = cuts;
        }

        @Override
        public synchronized int read(byte[] target, int offset, int length) {
            while (piece < cuts.length && cuts[piece] <= pos) {
                piece++;
            }
            int end = piece < cuts.length ? cuts[piece] : count;
            return super.read(target, offset, Math.min(length, Math.max(1, end - pos)));
        }
    }

    private record StandingStill(Duration remaining) implements CallContext {
        @Override
        public String callId() {
            return "call-1";
        }

        @Override
        public Cancellation cancellation() {
            return Cancellation.create();
        }
    }
}
