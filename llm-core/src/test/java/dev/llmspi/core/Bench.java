package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ToolDefinition;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.AttemptFinished;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.function.Executable;

/** The parts of a client under test: scripted providers, a manual clock, and a listener that records events. */
public final class Bench {

    public static final ChatRequest HELLO = ChatRequest.of("hi");
    public static final ChatRequest WITH_TOOL = ChatRequest.builder()
            .user("hi")
            .tools(ToolDefinition.of("clock", "tells the time", "{\"type\":\"object\"}"))
            .build();

    public final ManualTimeSource time;
    public final RecordingListener listener = RecordingListener.create();
    private final List<ScriptedProvider> providers;

    /** @param providers the links of the default chain */
    public Bench(ScriptedProvider... providers) {
        this(ManualTimeSource.create(), providers);
    }

    public Bench(ManualTimeSource time, ScriptedProvider... providers) {
        this.time = time;
        this.providers = List.of(providers);
    }

    /** Returns a builder for a client with the clock, the listener and the default chain. */
    public LlmClientBuilder builder() {
        return withoutChain().chain("default", names());
    }

    /**
     * Returns the same builder with further settings, which can replace the default chain.
     *
     * @param settings the HOCON text for the block {@code llm}
     */
    public LlmClientBuilder builder(String settings) {
        return withoutChain()
                .text("llm { chains.default = [" + String.join(", ", names()) + "], " + settings + " }", "test");
    }

    private LlmClientBuilder withoutChain() {
        LlmClientBuilder builder = LlmClient.builder().timeSource(time).listener(listener);
        providers.forEach(builder::provider);
        return builder;
    }

    private String[] names() {
        return providers.stream().map(ScriptedProvider::name).toArray(String[]::new);
    }

    /** Returns the outcomes of all attempts that have finished. */
    public List<Attempt.Outcome> outcomes() {
        return listener.events(AttemptFinished.class).stream()
                .map(event -> event.result().outcome())
                .toList();
    }

    /** Returns the class names of all events. */
    public List<String> eventNames() {
        return listener.events().stream()
                .map(event -> event.getClass().getSimpleName())
                .toList();
    }

    public static LlmException error(ErrorKind kind) {
        return LlmException.builder(kind).message("failed").build();
    }

    /** Returns options for a call that uses only this provider. */
    public static CallOptions alone(String provider) {
        return CallOptions.builder().provider(provider).build();
    }

    /**
     * Interrupts a call on another thread, which must end as cancelled with the interrupt flag set.
     *
     * @param begun waits until the call has come to the place where it is interrupted
     */
    public static void assertInterruptCancels(Executable call, Executable begun) throws Exception {
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                assertThrows(CancellationException.class, call);
                flag.complete(Thread.currentThread().isInterrupted());
            } catch (AssertionError e) {
                flag.completeExceptionally(e);
            }
        });
        caller.start();
        try {
            begun.execute();
        } catch (Throwable e) {
            throw new AssertionError("the call did not begin", e);
        }
        caller.interrupt();
        assertTrue(flag.get(10, TimeUnit.SECONDS));
        caller.join();
    }
}
