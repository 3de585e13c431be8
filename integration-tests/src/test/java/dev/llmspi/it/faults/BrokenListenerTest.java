package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmInvalidRequestException;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.it.server.Reply;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests listeners and decorators of the application that throw exceptions. */
@Timeout(60)
class BrokenListenerTest {

    private final Set<String> told = new ConcurrentSkipListSet<>();

    static Stream<Arguments> failures() {
        return Stream.of(Mode.values()).flatMap(mode -> Stream.of(
                        new IllegalStateException("bug"),
                        new NoClassDefFoundError("gone/Missing"),
                        new AssertionError("never"),
                        new StackOverflowError("too deep"))
                .map(thrown -> Arguments.of(mode, thrown)));
    }

    /** Returns a listener that throws on every event. */
    private LlmListener broken(Throwable thrown) {
        return (LlmListener) Proxy.newProxyInstance(
                LlmListener.class.getClassLoader(), new Class<?>[] {LlmListener.class}, (proxy, method, arguments) -> {
                    told.add(method.getName());
                    throw thrown;
                });
    }

    @Tag("fault-9.9")
    @ParameterizedTest
    @MethodSource("failures")
    void listener_throwsOnEachEvent_isLoggedOnceAndChangesNothing(Mode mode, Throwable thrown) {
        try (LogLines log = new LogLines();
                FaultBench bench = FaultBench.both().with(builder -> builder.listener(broken(thrown)))) {
            bench.openrouter.then(Reply.error(503, "503", "busy")).then(Reply.error(401, "401", "key"));
            bench.portkey.then(mode.answer("hello")).then(mode.answer("again"));
            assertEquals("hello", bench.call(mode).answer().text());
            assertEquals("again", bench.call(mode).answer().text());
            Set<String> all = new TreeSet<>(Arrays.stream(LlmListener.class.getMethods())
                    .map(method -> method.getName())
                    .toList());
            assertEquals(all, told, "the two calls must produce every type of event");
            assertEquals(2, bench.listener.events(CallFinished.class).size(), "events at the other listener");
            List<String> lines = log.matching(line -> line.contains("dev.llmspi.listener"));
            assertEquals(1, lines.size(), lines.toString());
            assertTrue(lines.get(0).startsWith("WARNING"), lines.get(0));
        }
    }

    /** Returns a call decorator that throws instead of calling its delegate. */
    private static LlmProvider throwing(LlmProvider inner, RuntimeException thrown) {
        return new LlmProviderDecorator(inner) {
            @Override
            public ChatResponse chat(ChatRequest request, CallContext context) {
                throw thrown;
            }

            @Override
            public ChatStream stream(ChatRequest request, CallContext context) {
                throw thrown;
            }
        };
    }

    /** Returns an attempt decorator that throws after its delegate has answered. */
    private static LlmProvider throwingAfterwards(LlmProvider inner) {
        return new LlmProviderDecorator(inner) {
            @Override
            public ChatResponse chat(ChatRequest request, CallContext context) {
                throw new IllegalStateException("bug after " + inner().chat(request, context));
            }

            @Override
            public ChatStream stream(ChatRequest request, CallContext context) {
                try (ChatStream stream = inner().stream(request, context)) {
                    throw new IllegalStateException("bug after " + stream);
                }
            }
        };
    }

    @Tag("fault-9.9")
    @ParameterizedTest
    @EnumSource
    void decoratorOfAttempts_throws_failsThatAttempt(Mode mode) {
        try (FaultBench bench = FaultBench.both()
                .with(builder -> builder.wrapAttempts(
                        inner -> inner.name().equals("openrouter") ? throwingAfterwards(inner) : inner))) {
            bench.openrouter.then(mode.answer("never"));
            bench.portkey.then(mode.answer("hello"));
            Outcome outcome = bench.call(mode);
            assertEquals("hello", outcome.answer().text());
            assertEquals(
                    ErrorReason.PROVIDER_FAULT,
                    outcome.attempts().get(0).reason().orElseThrow());
        }
    }

    /**
     * A decorator around the whole call may refuse the call. The caller gets the exception that the decorator throws.
     */
    @Tag("fault-9.9")
    @ParameterizedTest
    @EnumSource
    void decoratorOfCalls_throws_endsTheCallWithoutAPost(Mode mode) {
        IllegalStateException bug = new IllegalStateException("bug");
        try (FaultBench bench = FaultBench.both().with(builder -> builder.wrapCalls(inner -> throwing(inner, bug)))) {
            Throwable thrown = bench.call(mode).thrown();
            assertSame(bug, thrown instanceof CompletionException ? thrown.getCause() : thrown);
            assertTrue(bench.client().shutdown(Duration.ofSeconds(5)), "the call was removed from the calls in flight");
        }
        LlmException refusal =
                LlmInvalidRequestException.builder().message("over budget").build();
        try (FaultBench bench =
                FaultBench.both().with(builder -> builder.wrapCalls(inner -> throwing(inner, refusal)))) {
            LlmException error = bench.call(mode).error();
            assertEquals(ErrorKind.INVALID_REQUEST, error.kind());
            assertEquals(32, error.callId().length());
        }
    }
}
