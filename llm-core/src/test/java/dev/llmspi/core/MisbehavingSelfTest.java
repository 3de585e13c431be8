package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Capability;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.api.ToolDefinition;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that a provider whose endpoint or capabilities cannot be read breaks neither its own calls nor others. */
class MisbehavingSelfTest {

    private static final ChatRequest WITH_TOOL = ChatRequest.builder()
            .user("hi")
            .tools(ToolDefinition.of("t", "", "{\"type\":\"object\"}"))
            .build();

    private final ManualTimeSource time = ManualTimeSource.create();
    private final ScriptedProvider first = ScriptedProvider.named("first");
    private final ScriptedProvider second =
            ScriptedProvider.named("second").answers("second").repeat();

    private LlmClientBuilder builder(LlmProvider... providers) {
        LlmClientBuilder builder = LlmClient.builder()
                .timeSource(time)
                .listener(RecordingListener.create())
                .set("llm.retry.max-retries", 0)
                .set("llm.cooldown.after-failures", 3)
                .set("llm.cooldown.of-attempts", 4)
                .chain("default", Stream.of(providers).map(LlmProvider::name).toArray(String[]::new));
        Stream.of(providers).forEach(builder::provider);
        return builder;
    }

    static Stream<Supplier<?>> throwing() {
        return MisbehavingTest.thrown().map(thrown -> (Supplier<?>) () -> {
            throw MisbehavingSelfTest.<RuntimeException>sneaky(thrown);
        });
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T sneaky(Throwable thrown) throws T {
        throw (T) thrown;
    }

    static Stream<Supplier<?>> throwingOrNull() {
        return Stream.concat(throwing(), Stream.of(() -> null));
    }

    private static LlmProvider withEndpoint(LlmProvider provider, Supplier<?> endpoint) {
        return new LlmProviderDecorator(provider) {
            @Override
            @SuppressWarnings("unchecked")
            public Optional<URI> endpoint() {
                return (Optional<URI>) endpoint.get();
            }
        };
    }

    private static LlmProvider withCapabilities(LlmProvider provider, Supplier<?> capabilities) {
        return new LlmProviderDecorator(provider) {
            @Override
            @SuppressWarnings("unchecked")
            public Optional<Set<Capability>> capabilities(String model) {
                return (Optional<Set<Capability>>) capabilities.get();
            }
        };
    }

    @ParameterizedTest
    @MethodSource("throwingOrNull")
    void endpoint_providerThrowsOrReturnsNull_affectsNeitherCallsNorHealth(Supplier<?> broken) {
        first.fails(ErrorKind.AUTHENTICATION).answers("first").repeat();
        try (LlmClient client = builder(withEndpoint(first, broken), second).build()) {
            ChatResponse answer = client.chat("hi");
            assertEquals("second", answer.provider());
            assertEquals(2, answer.attempts().size());
            assertEquals("second", client.chat("hi").provider());
            assertEquals(1, first.calls());
            assertTrue(client.health().stream().anyMatch(status -> status.state() == HealthStatus.State.COOLDOWN));
            client.resetHealth();
            assertEquals("first", client.chat("hi").provider());
        }
    }

    @ParameterizedTest
    @MethodSource("throwingOrNull")
    void capabilities_providerThrowsOrReturnsNull_countAsUnknown(Supplier<?> broken) {
        first.answers("first");
        try (LlmClient client = builder(withCapabilities(first, broken), second).build()) {
            assertEquals("first", client.chat(WITH_TOOL).provider());
        }
    }

    @Test
    void capabilities_outOfMemoryAtALaterLink_leavesTheTrialToTheNextCall() {
        first.fails(ErrorKind.SERVICE)
                .fails(ErrorKind.SERVICE)
                .fails(ErrorKind.SERVICE)
                .answers("first")
                .repeat();
        int[] left = {Integer.MAX_VALUE};
        LlmProvider third = withCapabilities(ScriptedProvider.named("third"), () -> {
            if (--left[0] == 0) {
                throw new OutOfMemoryError("test");
            }
            return Optional.empty();
        });
        try (LlmClient client = builder(first, second, third).build()) {
            for (int i = 0; i < 3; i++) {
                assertEquals("second", client.chat(WITH_TOOL).provider());
            }
            time.advance(Duration.ofSeconds(5));
            left[0] = 1; // the error is thrown while the share of the first link, which is the trial, is computed
            assertThrows(OutOfMemoryError.class, () -> client.chat(WITH_TOOL));
            assertEquals(3, first.calls());
            assertEquals("first", client.chat(WITH_TOOL).provider());
        }
    }
}
