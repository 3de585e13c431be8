package dev.llmspi.openai.wire;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.TimeSource;
import dev.llmspi.openai.wire.http.Bounds;
import dev.llmspi.openai.wire.http.EventBody;
import dev.llmspi.openai.wire.http.SseReader;
import dev.llmspi.openai.wire.http.TransportException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures parsing an in-memory stream into events: the SSE framing, the chunks, and the check that the stream is
 * complete. One operation is one chunk.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class StreamBenchmark {

    static final int CHUNKS = 1_000;

    /** The same pieces as those of the benchmark server. One piece in sixteen contains an escape sequence. */
    private static final List<String> PIECES = List.of(
            "Sun", "light", " is", " scattered", " by", " the", " molecules", " of", " the", " air", ",", " blue",
            " most", " of", " all", ".\\n\\n");

    private static final String CHUNK = """
            data: {"id":"gen-1764300000-k3JqTn0aVx7LmP2c","provider":"Acme","model":"acme/large-2026-11",\
            "object":"chat.completion.chunk","created":1764300000,"choices":[{"index":0,"delta":{"role":"assistant",\
            "content":"%s"},"finish_reason":null,"native_finish_reason":null,"logprobs":null}]}

            """;
    private static final String LAST = """
            data: {"choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop"}]}

            data: [DONE]

            """;

    private final byte[] body = (chunks() + LAST).getBytes(StandardCharsets.UTF_8);
    private final byte[] neverAlike = (chunksNeverAlike() + LAST).getBytes(StandardCharsets.UTF_8);
    private final OpenAiDialect dialect = new OpenAiDialect() {};
    private final JsonReader json = new JsonReader(Bounds.DEFAULTS);
    private final ErrorMapper errors = new ErrorMapper(dialect, TimeSource.system());
    private final StreamSource.Rules rules = new StreamSource.Rules(
            dialect, errors, new ResponseDecoder(dialect, errors, json), json, Duration.ofSeconds(1));
    private final WireCall scope = new WireCall("local", "m", CallContext.create(), List.of());

    private static String chunks() {
        StringBuilder chunks = new StringBuilder();
        for (int i = 0; i < CHUNKS; i++) {
            chunks.append(CHUNK.formatted(PIECES.get(i % PIECES.size())));
        }
        return chunks.toString();
    }

    /** Returns chunks that all differ, like those of a server that numbers its chunks. */
    private static String chunksNeverAlike() {
        StringBuilder chunks = new StringBuilder();
        for (int i = 0; i < CHUNKS; i++) {
            chunks.append(CHUNK.formatted(PIECES.get(i % PIECES.size())).replace("1764300000", "" + (1764300000 + i)));
        }
        return chunks.toString();
    }

    /** A body whose events are read from memory. */
    private static final class Body implements EventBody {
        private final SseReader events;

        Body(byte[] bytes) {
            this.events = new SseReader(new ByteArrayInputStream(bytes), Bounds.DEFAULTS);
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
        public SseReader nextEvent() throws TransportException {
            try {
                return events.next() ? events : null;
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

    /** Parses the stream in the same way as the providers do. */
    @Benchmark
    @OperationsPerInvocation(CHUNKS)
    public int events() {
        return read(body);
    }

    /** Parses a stream in which no two chunks are alike, so that each chunk is parsed completely. */
    @Benchmark
    @OperationsPerInvocation(CHUNKS)
    public int eventsNeverAlike() {
        return read(neverAlike);
    }

    private int read(byte[] bytes) {
        StreamSource source =
                new StreamSource(new Body(bytes), rules, scope, new Redactor(List.of(), List.of(), List.of()));
        int texts = 0;
        for (ChatStreamEvent event = source.next(); event != null; event = source.next()) {
            texts += event instanceof ChatStreamEvent.TextDelta ? 1 : 0;
        }
        return texts;
    }

    /** Reads only the SSE framing, without parsing the chunks. */
    @Benchmark
    @OperationsPerInvocation(CHUNKS)
    public int lines() throws IOException {
        SseReader events = new SseReader(new ByteArrayInputStream(body), Bounds.DEFAULTS);
        int bytes = 0;
        while (events.next()) {
            bytes += events.length();
        }
        return bytes;
    }
}
