package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tests that retries do not make an outage worse. */
class RetryBudgetTest {

    private final ManualTimeSource time = ManualTimeSource.create();
    private final AtomicBoolean up = new AtomicBoolean();
    private final ScriptedProvider answers =
            ScriptedProvider.named("p").answers("hello").repeat();
    private final ScriptedProvider fails =
            ScriptedProvider.named("p").fails(ErrorKind.SERVICE).repeat();
    private final ScriptedProvider provider =
            ScriptedProvider.named("p").then(this::behave).repeat();

    private ChatResponse behave(ChatRequest request, CallContext context) {
        return (up.get() ? answers : fails).chat(request, context);
    }

    private LlmClientBuilder builder() {
        return LlmClient.builder().timeSource(time).provider(provider).chain("default", "p");
    }

    private static int attempts(LlmClient client) {
        return assertThrows(LlmException.class, () -> client.chat("hi"))
                .attempts()
                .size();
    }

    @Test
    @Tag("fault-4.5")
    void chat_providerIsDown_makesLittleMoreThanOneRequestPerCall() {
        try (LlmClient client = builder().build()) {
            int reported = 0;
            for (int i = 0; i < 1_000; i++) {
                reported += attempts(client);
            }
            assertEquals(provider.calls(), reported);
            assertTrue(provider.calls() <= 1_250, provider.calls() + " requests for 1000 calls");
            assertEquals(1, attempts(client), "the budget stops retries, but not first attempts");

            up.set(true);
            for (int i = 0; i < 100; i++) {
                client.chat("hi");
            }
            up.set(false);
            assertEquals(4, attempts(client), "the budget is refilled: three retries as configured");
        }
    }

    @Test
    void chat_twoProviders_haveSeparateBudgets() {
        ScriptedProvider other =
                ScriptedProvider.named("other").fails(ErrorKind.SERVICE).repeat();
        try (LlmClient client = builder()
                .provider(other)
                .set("llm.retry.budget", 1)
                .set("llm.cooldown.after-failures", 0)
                .set("llm.providers.other.type", "scripted")
                .set("llm.providers.other.retry.budget", 2)
                .build()) {
            assertEquals(2, attempts(client));
            assertEquals(
                    3,
                    assertThrows(
                                    LlmException.class,
                                    () -> client.chat(
                                            ChatRequest.of("hi"),
                                            CallOptions.builder()
                                                    .provider("other")
                                                    .build()))
                            .attempts()
                            .size());
            client.resetHealth("p");
            assertEquals(2, attempts(client));
        }
    }

    @Test
    @Tag("fault-4.6")
    void chat_manyCallersAreRateLimited_retriesAreSpreadOverTheJitter() {
        long seed = System.nanoTime();
        System.out.println("RetryBudgetTest: seed " + seed);
        Random random = new Random(seed);
        time.randomFrom(random::nextDouble);
        Duration retryAfter = Duration.ofSeconds(10);
        ScriptedProvider limited = ScriptedProvider.named("limited");
        for (int i = 0; i < 200; i++) {
            limited.fails(LlmException.builder(ErrorKind.RATE_LIMIT)
                            .message("slow down")
                            .retryAfter(retryAfter)
                            .build())
                    .answers("hello");
        }
        try (LlmClient client = LlmClient.builder()
                .timeSource(time)
                .provider(limited)
                .chain("default", "limited")
                .build()) {
            for (int i = 0; i < 200; i++) {
                assertEquals("hello", client.chat("hi").text());
            }
        }
        int[] callersInEachTenth = new int[10];
        for (Duration wait : time.sleeps()) {
            long later = wait.minus(retryAfter).toMillis();
            assertTrue(
                    later >= 0 && later < 1_000, "a wait must be at most a tenth longer than Retry-After, not " + wait);
            callersInEachTenth[(int) later / 100]++;
        }
        assertEquals(200, time.sleeps().size());
        for (int callers : callersInEachTenth) {
            assertTrue(callers >= 5, "retries must be spread evenly, not " + Arrays.toString(callersInEachTenth));
        }
    }
}
