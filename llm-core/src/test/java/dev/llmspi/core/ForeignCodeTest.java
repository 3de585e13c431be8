package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.Capability;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.api.ToolDefinition;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.AttemptFinished;
import dev.llmspi.api.event.AttemptStarted;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.CallStarted;
import dev.llmspi.api.event.CooldownChanged;
import dev.llmspi.api.event.FailedOver;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.api.event.RetryScheduled;
import dev.llmspi.testkit.ScriptedProvider;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests what each fault does in each method of others that a call uses: providers, decorators and listeners. */
@Timeout(60)
class ForeignCodeTest {

    /** What a method does instead of its work. */
    private enum Fault {
        EXCEPTION,
        NULL,
        STACK_OVERFLOW,
        LINKAGE_ERROR,
        ASSERTION_ERROR,
        CHECKED_EXCEPTION,
        OUT_OF_MEMORY,
        HANGS_UNTIL_CANCELLED
    }

    /** What a fault in a method means for the call. OUT_OF_MEMORY reaches the caller in any case. */
    private enum Effect {
        /** The answer comes from the same provider. */
        NONE,
        /** The attempt fails, and the next link answers. */
        ATTEMPT_FAILS,
        /** The caller receives the fault. */
        CALL_FAILS
    }

    private enum Place {
        DEFAULT_MODEL(Effect.NONE),
        NEEDS_MODEL(Effect.NONE),
        CAPABILITIES(Effect.NONE),
        ENDPOINT(Effect.NONE),
        CHAT(Effect.ATTEMPT_FAILS),
        STREAM(Effect.ATTEMPT_FAILS),
        NEXT(Effect.ATTEMPT_FAILS),
        ATTEMPT_DECORATOR(Effect.ATTEMPT_FAILS),
        CALL_DECORATOR_CHAT(Effect.CALL_FAILS),
        CALL_DECORATOR_STREAM(Effect.CALL_FAILS),
        CALL_DECORATOR_NEXT(Effect.CALL_FAILS),
        CALL_STARTED(Effect.NONE),
        ATTEMPT_STARTED(Effect.NONE),
        ATTEMPT_FINISHED(Effect.NONE),
        CALL_FINISHED(Effect.NONE),
        RETRY_SCHEDULED(Effect.ATTEMPT_FAILS),
        FAILED_OVER(Effect.ATTEMPT_FAILS),
        COOLDOWN_CHANGED(Effect.ATTEMPT_FAILS);

        private final Effect effect;

        Place(Effect effect) {
            this.effect = effect;
        }

        /** Whether a chat, or else a stream, runs the method. */
        boolean isUsedBy(boolean streams) {
            return switch (this) {
                case CHAT, CALL_DECORATOR_CHAT -> !streams;
                case STREAM, NEXT, CALL_DECORATOR_STREAM, CALL_DECORATOR_NEXT -> streams;
                default -> true;
            };
        }

        boolean canReturnNull() {
            return this != NEEDS_MODEL && compareTo(ATTEMPT_STARTED) < 0;
        }

        boolean hasContext() {
            return compareTo(CHAT) >= 0 && compareTo(CALL_STARTED) < 0;
        }

        /** Whether the first provider itself fails, so that there is something to report. */
        boolean needsFailure() {
            return compareTo(RETRY_SCHEDULED) >= 0;
        }
    }

    private static final ChatRequest REQUEST = ChatRequest.builder()
            .user("hi")
            .tools(ToolDefinition.of("t", "", "{\"type\":\"object\"}"))
            .build();

    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final OutOfMemoryError noMemory = new OutOfMemoryError("test");

    static Stream<Arguments> faults() {
        return Stream.of(Place.values()).flatMap(place -> Stream.of(Fault.values())
                .filter(fault -> fault != Fault.OUT_OF_MEMORY || place.compareTo(Place.CHAT) >= 0)
                .filter(fault -> fault != Fault.NULL || place.canReturnNull())
                .filter(fault -> fault != Fault.HANGS_UNTIL_CANCELLED || place.hasContext())
                .flatMap(fault -> Stream.of(false, true)
                        .filter(place::isUsedBy)
                        .map(streams -> arguments(place, fault, streams))));
    }

    /** The method of others that misbehaves. */
    private final class Faults {
        private final Place place;
        private final Fault fault;

        Faults(Place place, Fault fault) {
            this.place = place;
            this.fault = fault;
        }

        /** Returns whether the method at this place must return null. Throws, hangs, or returns false otherwise. */
        boolean at(Place here, CallContext context) {
            if (here != place) {
                return false;
            }
            switch (fault) {
                case EXCEPTION -> throw new IllegalStateException("bug");
                case NULL -> {
                    return true;
                }
                case STACK_OVERFLOW -> throw new StackOverflowError();
                case LINKAGE_ERROR -> throw new NoClassDefFoundError("gone/Missing");
                case ASSERTION_ERROR -> throw new AssertionError("wrong");
                case CHECKED_EXCEPTION -> throw ForeignCodeTest.<RuntimeException>sneaky(new IOException("checked"));
                case OUT_OF_MEMORY -> throw noMemory;
                default -> {
                    CountDownLatch cancelled = new CountDownLatch(1);
                    var unused = context.cancellation().onCancel(cancelled::countDown);
                    Latches.await(cancelled);
                    throw new IllegalStateException("cancelled");
                }
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T sneaky(Throwable thrown) throws T {
        throw (T) thrown;
    }

    /** Passes calls on unless the given places misbehave. */
    private static final class Faulty extends LlmProviderDecorator {
        private final Faults faults;
        private final Place chat;
        private final Place stream;
        private final Place next;

        Faulty(LlmProvider inner, Faults faults, Place chat, Place stream, Place next) {
            super(inner);
            this.faults = faults;
            this.chat = chat;
            this.stream = stream;
            this.next = next;
        }

        @Override
        public Optional<String> defaultModel() {
            return chat == Place.CHAT && faults.at(Place.DEFAULT_MODEL, null) ? null : super.defaultModel();
        }

        @Override
        public boolean needsModel() {
            return chat == Place.CHAT && faults.at(Place.NEEDS_MODEL, null) || super.needsModel();
        }

        @Override
        public Optional<Set<Capability>> capabilities(String model) {
            return chat == Place.CHAT && faults.at(Place.CAPABILITIES, null) ? null : super.capabilities(model);
        }

        @Override
        public Optional<URI> endpoint() {
            return chat == Place.CHAT && faults.at(Place.ENDPOINT, null) ? null : super.endpoint();
        }

        @Override
        public ChatResponse chat(ChatRequest request, CallContext context) {
            return faults.at(chat, context) ? null : super.chat(request, context);
        }

        @Override
        public ChatStream stream(ChatRequest request, CallContext context) {
            if (faults.at(stream, context)) {
                return null;
            }
            ChatStream.Source source = super.stream(request, context).source();
            return ChatStream.of("", new ChatStream.Source() {
                @Override
                public ChatStreamEvent next() {
                    return faults.at(next, context) ? null : source.next();
                }

                @Override
                public void close() {
                    source.close();
                }
            });
        }
    }

    private static LlmListener listener(Faults faults) {
        return new LlmListener() {
            @Override
            public LlmListener callStarted(CallStarted event) {
                return faults.at(Place.CALL_STARTED, null) ? null : this;
            }

            @Override
            public void attemptStarted(AttemptStarted event, BiConsumer<String, String> headers) {
                faults.at(Place.ATTEMPT_STARTED, null);
            }

            @Override
            public void attemptFinished(AttemptFinished event) {
                faults.at(Place.ATTEMPT_FINISHED, null);
            }

            @Override
            public void retryScheduled(RetryScheduled event) {
                faults.at(Place.RETRY_SCHEDULED, null);
            }

            @Override
            public void failedOver(FailedOver event) {
                faults.at(Place.FAILED_OVER, null);
            }

            @Override
            public void callFinished(CallFinished event) {
                faults.at(Place.CALL_FINISHED, null);
            }

            @Override
            public void cooldownChanged(CooldownChanged event) {
                faults.at(Place.COOLDOWN_CHANGED, null);
            }
        };
    }

    private static ScriptedProvider answering(String name) {
        return ScriptedProvider.named(name)
                .answers(ChatResponse.builder(AssistantMessage.of(name))
                        .finishReason(FinishReason.STOP)
                        .build())
                .repeat();
    }

    private LlmClient client(Faults faults) {
        ScriptedProvider first = faults.place.needsFailure()
                ? ScriptedProvider.named("first").fails(ErrorKind.SERVICE).repeat()
                : answering("first");
        return LlmClient.builder()
                .threads(task -> {
                    Thread thread = new Thread(task);
                    thread.setDaemon(true);
                    threads.add(thread);
                    return thread;
                })
                .provider(new Faulty(first, faults, Place.CHAT, Place.STREAM, Place.NEXT))
                .provider(answering("second"))
                .chain("default", "first", "second")
                .listener(listener(faults))
                .wrapAttempts(inner -> inner.name().equals("first")
                        ? new Faulty(
                                inner,
                                faults,
                                Place.ATTEMPT_DECORATOR,
                                Place.ATTEMPT_DECORATOR,
                                Place.ATTEMPT_DECORATOR)
                        : inner)
                .wrapCalls(inner -> new Faulty(
                        inner,
                        faults,
                        Place.CALL_DECORATOR_CHAT,
                        Place.CALL_DECORATOR_STREAM,
                        Place.CALL_DECORATOR_NEXT))
                .set("llm.retry.max-retries", 1)
                .set("llm.retry.delay", "0ms")
                .set("llm.retry.max-delay", "0ms")
                .set("llm.cooldown.after-failures", 2)
                .set("llm.limits.max-concurrent", 1)
                .set("llm.timeouts.attempt", "100ms")
                .set("llm.timeouts.first-token", "100ms")
                .build();
    }

    private static ChatResponse use(LlmClient client, boolean streams, Duration total, CallLog log) {
        CallOptions options = CallOptions.builder().listener(log).timeout(total).build();
        if (!streams) {
            return client.chat(REQUEST, options);
        }
        try (ChatStream stream = client.stream(REQUEST, options)) {
            return stream.collect();
        }
    }

    @ParameterizedTest
    @MethodSource("faults")
    void call_anyMethodMisbehaves_endsAsPromisedAndLeavesNothingBehind(Place place, Fault fault, boolean streams)
            throws Exception {
        LlmClient client = client(new Faults(place, fault));
        boolean endsByTotal = place.effect == Effect.CALL_FAILS && fault == Fault.HANGS_UNTIL_CANCELLED;
        Duration total = endsByTotal ? Duration.ofMillis(100) : Duration.ofSeconds(30);
        for (int i = 0; i < 2; i++) { // the second call needs the slots of the first one
            CallLog log = new CallLog();
            if (fault == Fault.OUT_OF_MEMORY) {
                if (place.needsFailure() && i > 0) {
                    continue; // the first provider is in cooldown, so there is nothing to report
                }
                assertEquals(noMemory, assertThrows(Error.class, () -> use(client, streams, total, log)));
                log.check(null);
                continue;
            }
            if (place.effect == Effect.CALL_FAILS) {
                Throwable thrown = assertThrows(Throwable.class, () -> use(client, streams, total, log));
                assertEquals(fault == Fault.NULL, thrown instanceof LlmException, thrown::toString);
                log.check(thrown);
                continue;
            }
            ChatResponse answer = use(client, streams, total, log);
            assertEquals(place.effect == Effect.NONE ? "first" : "second", answer.text());
            log.check(answer);
        }
        checkNothingIsLeft(client);
    }

    @Test
    void build_decoratorReturnsNull_saysSo() {
        LlmClientBuilder builder =
                LlmClient.builder().provider(answering("first")).chain("default", "first");
        builder.wrapCalls(inner -> null);
        NullPointerException thrown = assertThrows(NullPointerException.class, builder::build);
        assertEquals("a decorator of calls returned null", thrown.getMessage());
    }

    private void checkNothingIsLeft(LlmClient client) throws Exception {
        assertNotNull(client.route(CallOptions.none()));
        assertFalse(client.health().isEmpty());
        assertEquals(2, client.registry().providers().size());
        LlmProvider named = client.registry().get("first");
        assertNotNull(named.defaultModel());
        assertNotNull(named.endpoint());
        assertNotNull(named.capabilities("m"));
        assertTrue(client.shutdown(Duration.ofSeconds(10)), "a call is still counted");
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(10));
            assertFalse(thread.isAlive(), () -> thread.getName() + " still supervises a call");
        }
    }
}
