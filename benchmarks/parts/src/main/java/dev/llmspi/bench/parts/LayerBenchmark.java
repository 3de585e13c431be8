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
 * Measures the cost of llm-core and llm-api alone. The calls use the default settings and providers that answer
 * immediately. Run it with {@code -prof gc} to see the allocated bytes, which are the same on every machine.
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
            throw new IllegalStateException("the listener received no event");
        }
    }

    /**
     * Makes a call through a chain of two links with retries, a budget and health tracking, and with one listener. It
     * is measured in several JVMs, because the allocations that the JIT compiler eliminates vary between them.
     */
    @Benchmark
    @Fork(3)
    public ChatResponse chat() {
        return client.chat(request);
    }

    /** Calls one provider from the registry, with the same retries and listener but without a chain. */
    @Benchmark
    public ChatResponse oneProvider() {
        return provider.chat(request, CallContext.create());
    }

    /** Streams events through the whole chain. The cost of an event includes its share of the cost of the call. */
    @Benchmark
    @OperationsPerInvocation(ReadyProvider.EVENTS)
    public void streamEvent(Blackhole sink) {
        try (ChatStream stream = client.stream(request)) {
            read(stream, sink);
        }
    }

    /** Reads the same stream without the chain, to measure the cost of the events themselves. */
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
