package dev.llmspi.it.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.HealthStatus;
import dev.llmspi.core.LlmClient;
import dev.llmspi.it.faults.FaultBench;
import dev.llmspi.it.faults.Mode;
import dev.llmspi.it.faults.Outcome;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.testkit.ManualTimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks that calls are still answered while providers fail. The client has the default settings, but its waits take no
 * time.
 */
class AvailabilityTest {

    private static final int CALLS = Integer.getInteger("llmspi.availability-calls", 1_000);
    private static final long SEED = Long.getLong("llmspi.seed", System.nanoTime());
    private static final Duration BETWEEN_CALLS = Duration.ofMillis(100);

    private final ManualTimeSource time = ManualTimeSource.create();

    private LlmClient client(String openrouterUrl, TestUpstream portkey) {
        return LlmClient.builder()
                .timeSource(time)
                .provider(
                        "openrouter",
                        block -> block.apiKey("or-key").baseUrl(openrouterUrl).defaultModel("m"))
                .provider("portkey", block -> block.apiKey("pk-key")
                        .baseUrl(portkey.url("/v1").toString())
                        .defaultModel("m")
                        .set("provider", "openai"))
                .chain("default", "openrouter", "portkey")
                .build();
    }

    @Test
    void chat_bothProvidersFailThreeAttemptsOfTen_nearlyAllCallsAreAnswered() {
        System.out.println("AvailabilityTest: llmspi.seed=" + SEED);
        Random dice = new Random(SEED);
        time.randomFrom(dice::nextDouble);
        int answered = 0;
        try (FaultBench bench =
                FaultBench.both().time(time).set("llm.retry.delay", "1s").set("llm.retry.max-delay", "60s")) {
            for (TestUpstream server : List.of(bench.openrouter, bench.portkey)) {
                for (int i = 0; i < CALLS * 2; i++) {
                    server.then(reply(dice));
                }
            }
            for (int i = 0; i < CALLS; i++) {
                Outcome outcome = bench.call(Mode.CHAT);
                answered += outcome.response() == null ? 0 : 1;
                time.advance(BETWEEN_CALLS);
            }
        }
        assertTrue(answered >= CALLS * 0.998, answered + " of " + CALLS + " answered, seed " + SEED);
    }

    private static Reply reply(Random dice) {
        if (dice.nextInt(10) >= 3) {
            return Reply.answer("hello");
        }
        return switch (dice.nextInt(3)) {
            case 0 -> Reply.error(503, "overloaded", "come back later");
            case 1 -> Reply.error(500, "internal", "oops");
            default -> Reply.close();
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"refused", "401"})
    void chat_primaryDown_fallbackAddsAtMost20MillisOnceNoticed_andThePrimaryRecovers(String fault) {
        TestUpstream gone = TestUpstream.start();
        try (TestUpstream portkey = TestUpstream.start().always(Reply.answer("fallback"))) {
            if (fault.equals("refused")) {
                gone.close();
            } else {
                gone.always(Reply.error(401, "unauthorized", "no such key"));
            }
            try (LlmClient client = client(gone.url("/api/v1").toString(), portkey)) {
                List<Long> throughTheChain = new ArrayList<>();
                List<Long> directly = new ArrayList<>();
                CallOptions direct = CallOptions.builder().provider("portkey").build();
                for (int i = 0; i < 200; i++) {
                    boolean noticed = cooling(client);
                    long start = System.nanoTime();
                    ChatResponse answer = client.chat("hi");
                    long took = System.nanoTime() - start;
                    assertEquals("portkey", answer.provider());
                    if (noticed) {
                        throughTheChain.add(took);
                        start = System.nanoTime();
                        client.chat(ChatRequest.of("hi"), direct);
                        directly.add(System.nanoTime() - start);
                    }
                    time.advance(BETWEEN_CALLS);
                }
                assertTrue(throughTheChain.size() > 190, "noticed after " + (200 - throughTheChain.size()) + " calls");
                long more = median(throughTheChain) - median(directly);
                assertTrue(more <= Duration.ofMillis(20).toNanos(), more / 1_000 + " µs more than asking it directly");

                recover(gone, client);
            }
        }
    }

    private void recover(TestUpstream gone, LlmClient client) {
        gone.close();
        try (TestUpstream back = TestUpstream.startAt(gone.port()).always(Reply.answer("primary"))) {
            time.advance(Duration.ofSeconds(60)); // this is the longest default cooldown
            ChatResponse answer = client.chat("hi");
            assertEquals("openrouter", answer.provider(), () -> String.valueOf(answer.attempts()));
            assertEquals(1, answer.attempts().stream().filter(Attempt::sent).count());
            assertEquals(HealthStatus.State.AVAILABLE, state(client));
            assertTrue(back.posts() > 0);
        }
    }

    private static boolean cooling(LlmClient client) {
        return state(client) == HealthStatus.State.COOLDOWN;
    }

    private static HealthStatus.State state(LlmClient client) {
        return client.health().stream()
                .filter(status -> status.provider().equals("openrouter"))
                .reduce((a, b) -> b)
                .orElseThrow()
                .state();
    }

    private static long median(List<Long> times) {
        return times.stream().sorted().skip(times.size() / 2).findFirst().orElseThrow();
    }
}
