package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamEvent.Finish;
import dev.llmspi.api.ChatStreamEvent.TextDelta;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.AttemptFinished;
import dev.llmspi.api.event.AttemptStarted;
import dev.llmspi.testkit.ScriptedProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests third-party providers that violate their contract. A working provider is the next link in the chain. */
@Timeout(60)
class MisbehavingProviderTest {

    private final ScriptedProvider script = ScriptedProvider.named("plug");

    private static FaultBench bench(LlmProvider plug, String... chain) {
        return FaultBench.both().with(builder -> builder.provider(plug)).chain(chain);
    }

    static Stream<Arguments> exceptions() {
        return thrown(
                new IllegalStateException("bug"),
                new NullPointerException("bug"),
                new IOException("a checked exception, as other languages of the JVM let through"));
    }

    static Stream<Arguments> errors() {
        return thrown(
                new NoClassDefFoundError("gone/Missing"),
                new StackOverflowError("too deep"),
                new AssertionError("never"));
    }

    private static Stream<Arguments> thrown(Throwable... all) {
        return Stream.of(Mode.values()).flatMap(mode -> Stream.of(all).map(one -> Arguments.of(mode, one)));
    }

    @Tag("fault-9.5")
    @ParameterizedTest
    @MethodSource("exceptions")
    void call_throwsAnException_isAServiceErrorWithFallback(Mode mode, Throwable thrown) {
        assertBlamed(mode, thrown);
    }

    @Tag("fault-9.6")
    @ParameterizedTest
    @MethodSource("errors")
    void call_throwsAnError_isAServiceErrorWithFallbackAndItsCause(Mode mode, Throwable thrown) {
        assertBlamed(mode, thrown);
    }

    /** A provider can throw a checked exception without declaring it, for example if it is written in Kotlin. */
    @Tag("fault-2.9")
    @ParameterizedTest
    @EnumSource(names = {"CHAT", "STREAM"})
    void call_throwsAnInterruptedException_isACancelWithTheFlagSet(Mode mode) {
        script.throwing(new InterruptedException()).repeat();
        try (FaultBench bench = bench(script, "plug", "portkey")) {
            Outcome outcome = bench.call(mode);
            assertTrue(Thread.interrupted());
            assertInstanceOf(CancellationException.class, outcome.thrown(), outcome::toString);
            assertEquals(1, outcome.attempts().size(), outcome::toString);
            assertEquals(0, bench.portkey.posts());
        }
    }

    private void assertBlamed(Mode mode, Throwable thrown) {
        script.throwing(thrown).repeat();
        try (FaultBench bench = bench(script, "plug", "portkey")) {
            bench.portkey.then(mode.answer("hello"));
            assertEquals("hello", bench.call(mode).answer().text());
            assertEquals(1, script.calls());
        }
        try (FaultBench bench = bench(script, "plug")) {
            Outcome outcome = bench.call(mode);
            assertFault(outcome);
            assertSame(thrown, outcome.error().getCause());
            assertEquals(2, script.calls());
        }
    }

    private static void assertFault(Outcome outcome) {
        LlmException error = outcome.error();
        assertEquals(ErrorKind.SERVICE, error.kind());
        assertEquals(Optional.of(ErrorReason.PROVIDER_FAULT), error.reason());
        assertEquals("plug", error.provider());
        assertEquals(1, error.attempts().size(), error::toString);
    }

    /** If a provider throws an error that declares itself retryable, the client retries the call. */
    @Tag("fault-9.5")
    @ParameterizedTest
    @EnumSource
    void call_throwsAnErrorThatWantsARetry_isRetried(Mode mode) {
        script.fails(LlmException.builder(ErrorKind.SERVICE)
                        .message("busy")
                        .retryHere(true)
                        .build())
                .answers("hello");
        try (FaultBench bench = bench(script, "plug", "portkey")) {
            assertEquals("hello", bench.call(mode).answer().text());
            assertEquals(2, script.calls());
        }
    }

    @Tag("fault-9.6")
    @ParameterizedTest
    @EnumSource
    void call_outOfMemory_isThrownAndStillReported(Mode mode) {
        OutOfMemoryError trouble = new OutOfMemoryError("no room");
        script.throwing(trouble);
        try (FaultBench bench = bench(script, "plug", "portkey")) {
            assertSame(trouble, assertThrows(OutOfMemoryError.class, () -> throwing(bench, mode)));
            assertEquals(0, bench.portkey.posts());
            assertTrue(bench.client().shutdown(Duration.ofSeconds(5)), "the call was removed from the calls in flight");
            assertEquals(
                    bench.listener.events(AttemptStarted.class).size(),
                    bench.listener.events(AttemptFinished.class).size());
        }
    }

    private static void throwing(FaultBench bench, Mode mode) throws Throwable {
        Throwable thrown = bench.call(mode).thrown();
        throw thrown instanceof CompletionException ? thrown.getCause() : thrown;
    }

    @Tag("fault-9.7")
    @ParameterizedTest
    @EnumSource
    void call_returnsNull_isAServiceErrorWithFallback(Mode mode) {
        LlmProvider nothing = new LlmProviderDecorator(script) {
            @Override
            public ChatResponse chat(ChatRequest request, CallContext context) {
                return null;
            }

            @Override
            public ChatStream stream(ChatRequest request, CallContext context) {
                return null;
            }
        };
        try (FaultBench bench = bench(nothing, "plug", "portkey")) {
            bench.portkey.then(mode.answer("hello"));
            assertEquals("hello", bench.call(mode).answer().text());
        }
        try (FaultBench bench = bench(nothing, "plug")) {
            assertFault(bench.call(mode));
        }
    }

    @Tag("fault-9.7")
    @ParameterizedTest
    @EnumSource
    void call_neverReturns_isATimeoutRetriedOnceThenFallsBack(Mode mode) {
        script.hangs().repeat();
        try (FaultBench bench = bench(script, "plug", "portkey").set("llm.providers.plug.timeouts.attempt", "60ms")) {
            bench.portkey.then(mode.answer("hello"));
            Outcome outcome = bench.call(mode);
            assertEquals("hello", outcome.answer().text());
            assertEquals(
                    List.of(ErrorKind.TIMEOUT, ErrorKind.TIMEOUT),
                    outcome.attempts().stream()
                            .flatMap(attempt -> attempt.kind().stream())
                            .toList());
        }
        try (FaultBench bench = bench(script, "plug").set("llm.timeouts.total", "60ms")) {
            Outcome outcome = bench.call(mode);
            assertEquals(Optional.of(ErrorReason.TOTAL_TIMEOUT), outcome.error().reason());
        }
    }

    @Tag("fault-9.7")
    @ParameterizedTest
    @ValueSource(strings = {"finish again", "go on", "throw"})
    void stream_continuesAfterItsFinish_theFirstFinishCounts(String how) {
        Finish stop = Finish.of(FinishReason.STOP);
        Queue<ChatStreamEvent> events = new ArrayDeque<>(List.of(new TextDelta("hello"), stop));
        if (!how.equals("throw")) {
            events.add(how.equals("go on") ? new TextDelta(" again") : Finish.of(FinishReason.LENGTH));
            events.add(stop);
        }
        LlmProvider endless = new LlmProviderDecorator(script) {
            @Override
            public ChatStream stream(ChatRequest request, CallContext context) {
                return ChatStream.of("plug", new Endless(events));
            }
        };
        try (FaultBench bench = bench(endless, "plug", "portkey")) {
            Outcome outcome = bench.call(Mode.STREAM);
            assertEquals("hello", outcome.answer().text());
            assertEquals(FinishReason.STOP, outcome.answer().finishReason());
            assertEquals(List.of("hello"), outcome.texts());
            assertEquals(
                    List.of(Attempt.Outcome.SUCCESS),
                    outcome.attempts().stream().map(Attempt::outcome).toList());
        }
    }

    /** Delivers the given events and then throws an exception instead of ending. */
    private record Endless(Queue<ChatStreamEvent> events) implements ChatStream.Source {
        @Override
        public ChatStreamEvent next() {
            if (events.isEmpty()) {
                throw new IllegalStateException("bug");
            }
            return events.poll();
        }

        @Override
        public void close() {
            // this source holds no resources
        }
    }

    @Tag("fault-9.5")
    @Test
    void stream_throwsAfterContent_isOneErrorWithWhatWasDelivered() {
        LlmProvider faulty = new LlmProviderDecorator(script) {
            @Override
            public ChatStream stream(ChatRequest request, CallContext context) {
                return ChatStream.of("plug", new Endless(new ArrayDeque<>(List.of(new TextDelta("hel")))));
            }
        };
        try (FaultBench bench = bench(faulty, "plug", "portkey")) {
            Outcome outcome = bench.call(Mode.STREAM);
            assertFault(outcome);
            assertEquals("hel", outcome.error().partial().orElseThrow().text());
            assertInstanceOf(IllegalStateException.class, outcome.error().getCause());
        }
    }
}
