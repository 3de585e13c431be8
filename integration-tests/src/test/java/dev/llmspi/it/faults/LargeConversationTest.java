package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.core.CallOptions;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.timing.Stopwatch;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests errors of calls with a conversation of 30 MB, which is compared with the server's text. */
@Timeout(300)
class LargeConversationTest {

    private static final Duration LATENESS = Duration.ofMillis(250);
    private static final String WORDS =
            "the model said that a marigold lantern was retried by my request to a server of words ";
    private static final ChatRequest LARGE = conversation();

    private static ChatRequest conversation() {
        String[] words = WORDS.split(" ");
        Random random = new Random(14);
        ChatRequest.Builder request = ChatRequest.builder();
        for (int i = 0; i < 300; i++) {
            StringBuilder text = new StringBuilder();
            while (text.length() < 100_000) {
                text.append(words[random.nextInt(words.length)]).append(random.nextInt(12) == 0 ? ".\n" : " ");
            }
            request.user(text.toString());
        }
        return request.build();
    }

    private static FaultBench bench(Reply reply) {
        FaultBench bench = FaultBench.alone("openrouter").set("llm.retry.max-retries", 0);
        bench.openrouter.always(reply);
        return bench;
    }

    @Tag("fault-8.3")
    @ParameterizedTest
    @EnumSource
    void serviceError_staysAServiceError(Mode mode) {
        String piece = LARGE.messages().get(200).text().substring(50_000, 50_500);
        Reply echo = Reply.error(500, "server_error", "cannot read: " + piece.replace('\n', ' '));
        CallOptions options =
                CallOptions.builder().timeout(Duration.ofSeconds(20)).build();
        try (FaultBench bench = bench(echo)) {
            Outcome outcome = bench.call(mode, LARGE, options);
            String message = String.valueOf(outcome.error().getMessage());

            assertEquals(ErrorKind.SERVICE, outcome.error().kind(), message);
            assertTrue(message.contains("cannot read: [prompt]"), message);
            assertFalse(message.contains("marigold"), message);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 100, 300, 600})
    void timeout_duringEncodingOrComparison_expiresInTime(int millis) throws Exception {
        Duration total = Duration.ofMillis(millis);
        Stopwatch.twoOfThree(() -> {
            try (FaultBench bench = bench(Reply.error(500, "server_error", "an error"))) {
                bench.call(Mode.CHAT, LARGE, CallOptions.none());
                Stopwatch watch = Stopwatch.start();
                Outcome outcome = bench.call(
                        Mode.CHAT, LARGE, CallOptions.builder().timeout(total).build());
                watch.assertAtMost(total.plus(LATENESS), outcome.took(), () -> millis + " ms, " + outcome);
            }
        });
    }
}
