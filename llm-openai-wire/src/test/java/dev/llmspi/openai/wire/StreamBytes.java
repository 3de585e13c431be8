package dev.llmspi.openai.wire;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.TimeSource;
import dev.llmspi.openai.wire.http.Bounds;
import dev.llmspi.openai.wire.http.EventBody;
import dev.llmspi.openai.wire.http.SseReader;
import dev.llmspi.openai.wire.http.TransportException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A stream's way from bytes to events without a network: the bytes come in pieces cut where a test wants. */
final class StreamBytes {

    private StreamBytes() {}

    /**
     * @param cuts where pieces end, ascending; after the last one everything else comes at once
     */
    static ChatStream stream(byte[] body, int... cuts) {
        OpenAiDialect dialect = new OpenAiDialect() {};
        ErrorMapper errors = new ErrorMapper(dialect, TimeSource.system());
        ResponseDecoder decoder = new ResponseDecoder(dialect, errors, JsonReader.STANDARD);
        StreamSource.Rules rules =
                new StreamSource.Rules(dialect, errors, decoder, JsonReader.STANDARD, Duration.ofSeconds(1));
        CallScope scope = new CallScope("local", "m", CallContext.create(), List.of());
        ServerText text = new ServerText(List.of(), List.of(), List.of());
        return ChatStream.of("local", "m", new StreamSource(new Body(new Pieces(body, cuts)), rules, scope, text));
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

    private static final class Body implements EventBody {
        private final SseReader reader;

        Body(InputStream in) {
            this.reader = new SseReader(in, Bounds.DEFAULTS);
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
                return reader.next() ? reader : null;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void limitReading(Duration time) {}

        @Override
        public void letGo() {}

        @Override
        public void close() {}
    }
}
