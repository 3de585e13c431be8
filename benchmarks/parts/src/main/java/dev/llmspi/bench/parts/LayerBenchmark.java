package dev.llmspi.bench.parts;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.event.AttemptFinished;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.core.LlmClient;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What llm-core and llm-api cost by themselves: calls over providers that answer at once, with everything on that is on by
 * default. Read it with {@code -prof gc}: the bytes are the same on every machine.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LayerBenchmark {

    private final ChatRequest request =
            ChatRequest.builder().model("a-model").user("Why is the sky blue?").build();
    private final ReadyProvider first = new ReadyProvider("first");
    private LlmClient client;
    private LlmProvider provider;
    private long attempts;

    @Setup
    public void open() {
        client = LlmClient.builder()
                .provider(first)
                .provider(new ReadyProvider("second"))
                .chain("default", "first", "second")
                .listener(new LlmListener() {
                    @Override
                    public void attemptFinished(AttemptFinished event) {
                        attempts++;
                    }
                })
                .build();
        provider = client.registry().get("first");
    }

    @TearDown
    public void close() {
        client.close();
        if (attempts == 0) {
            throw new IllegalStateException("the listener heard nothing");
        }
    }

    /** A chain of two links with retries, budget and health, and one listener. What the compiler leaves out differs between JVMs. */
    @Benchmark
    @Fork(3)
    public ChatResponse chat() {
        return client.chat(request);
    }

    /** One provider from the registry: no chain, the same retries and the same listener. */
    @Benchmark
    public ChatResponse oneProvider() {
        return provider.chat(request, CallContext.create());
    }

    /** One event of a stream through the whole chain, its share of the call included. */
    @Benchmark
    @OperationsPerInvocation(ReadyProvider.EVENTS)
    public void streamEvent(Blackhole sink) {
        try (ChatStream stream = client.stream(request)) {
            read(stream, sink);
        }
    }

    /** The same stream without the layer: what its events cost by themselves. */
    @Benchmark
    @OperationsPerInvocation(ReadyProvider.EVENTS)
    public void bareStreamEvent(Blackhole sink) {
        try (ChatStream stream = ChatStream.of("", first.events())) {
            read(stream, sink);
        }
    }

    private static void read(ChatStream stream, Blackhole sink) {
        for (ChatStreamEvent event : stream) {
            sink.consume(event);
        }
    }
}
