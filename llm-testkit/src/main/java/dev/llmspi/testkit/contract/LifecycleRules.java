package dev.llmspi.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.testkit.FakeLlmServer;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules for initialization and closing. */
public abstract class LifecycleRules extends ContractRules {

    private static final Duration SOON = Duration.ofSeconds(1);

    LifecycleRules(LlmProviderContract contract) {
        super(contract);
    }

    @Test
    @DisplayName("8.1 initialize does not throw and opens no connection")
    public void rule8_1_initialize() {
        HttpProviderContract author = author();
        try (FakeLlmServer server = FakeLlmServer.openAi()) {
            LlmProvider provider =
                    author.factory().create(HttpBench.block(author, HttpBench.url(server), UnaryOperator.identity()));
            if (provider == null) {
                Assumptions.abort("create returned null, see rule 2.1");
            }
            int before = server.connections(); // rule 2.3 tests that there are none yet

            assertDoesNotThrow(provider::initialize);

            assertEquals(before, server.connections());
            provider.close();
        }
    }

    @Test
    @DisplayName("8.2 close can be called before any call and more than once, and does not throw")
    public void rule8_2_closeTwice() {
        assertDoesNotThrow(() -> {
            provider().close();
            provider().close();
        });
    }

    @Test
    @DisplayName("8.3 close ends the calls in flight within one second")
    public void rule8_3_closeEndsCalls() throws Exception {
        bench().hangs();
        BackgroundCall<?> call = BackgroundCall.begin(() -> provider().chat(hello(), CallContext.create()));
        bench().awaitCalls(1);
        long moment = System.nanoTime();

        provider().close();

        call.failure();
        Duration taken = call.endedAfter(moment);
        assertTrue(taken.compareTo(SOON) <= 0, () -> "the call took " + taken.toMillis() + " ms to end");
    }

    @Test
    @DisplayName("8.4 closing a provider does not affect other providers of its type")
    public void rule8_4_closeOfOne() {
        bench().answers("still here");
        fresh().close();

        assertEquals("still here", chat().text());
    }
}
