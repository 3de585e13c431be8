package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.testkit.ScriptedProvider;
import org.junit.jupiter.api.Test;

/** Tests which of the providers registered in code are refused, and which are closed. */
class RegisteredProviderTest {

    private static LlmClientBuilder builder(LlmProvider first) {
        return LlmClient.builder()
                .provider(first)
                .provider(ScriptedProvider.named("second"))
                .chain("default", "first", "second");
    }

    @Test
    void register_nameIsTaken_isRefusedAndClosed() {
        ScriptedProvider first = ScriptedProvider.named("first").answers("still open");
        ScriptedProvider refused = ScriptedProvider.named("first");
        try (LlmClient client = builder(first).build()) {
            assertThrows(IllegalArgumentException.class, () -> client.registry().register(refused));
            assertTrue(refused.closed() && !refused.initialized());
            assertThrows(IllegalArgumentException.class, () -> client.registry().register(first));
            assertTrue(!first.closed(), "the registered provider was closed");
            assertEquals("still open", client.chat("hi").text());
        }
    }

    /** Closing the refused decorator would also close the registered provider. */
    @Test
    void register_decoratorOfARegisteredProvider_isRefusedWithoutClosingThatProvider() {
        ScriptedProvider first = ScriptedProvider.named("first").answers("still open");
        try (LlmClient client = builder(first).build()) {
            LlmProvider shared = client.registry().get("first");
            LlmProvider decorator = new LlmProviderDecorator(shared) {};
            assertThrows(IllegalArgumentException.class, () -> client.registry().register(decorator));
            assertTrue(!first.closed(), "the registered provider was closed");
            assertEquals("still open", client.chat("hi").text());
        }
    }

    @Test
    void build_nameIsTaken_isRefusedAndTheSecondIsClosed() {
        ScriptedProvider first = ScriptedProvider.named("first");
        ScriptedProvider refused = ScriptedProvider.named("first");
        LlmClientBuilder builder = builder(first).provider(refused);
        assertThrows(IllegalArgumentException.class, builder::build);
        assertTrue(refused.closed() && !first.closed());
    }

    @Test
    void close_registeredProvider_isNotClosed() {
        ScriptedProvider first = ScriptedProvider.named("first");
        builder(first).build().close();
        assertTrue(first.initialized());
        assertTrue(!first.closed());
    }

    @Test
    void close_registryOfAClient_doesNothing() {
        ScriptedProvider first = ScriptedProvider.named("first").answers("hello");
        try (LlmClient client = builder(first).build()) {
            client.registry().close();
            assertEquals("hello", client.chat("hi").text());
            assertEquals(2, client.registry().names().size());
        }
    }
}
