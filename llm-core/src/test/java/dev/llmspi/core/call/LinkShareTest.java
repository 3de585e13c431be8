package dev.llmspi.core.call;

import static dev.llmspi.core.Bench.HELLO;
import static dev.llmspi.core.Bench.WITH_TOOL;
import static dev.llmspi.core.Bench.alone;
import static dev.llmspi.core.Bench.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.Bench;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.LlmClientBuilder;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests how the time of a call is shared among its links. */
class LinkShareTest {

    private final ScriptedProvider a = ScriptedProvider.named("a");
    private final ScriptedProvider b = ScriptedProvider.named("b");
    private final ScriptedProvider c = ScriptedProvider.named("c");
    private final Bench bench = new Bench(a, b, c);
    private final ManualTimeSource time = bench.time;

    private LlmClientBuilder builder(String settings) {
        return bench.builder("retry.max-retries = 0, timeouts { total = 90s, attempt = 1h }, " + settings);
    }

    /** Returns the remaining time of the last attempt in seconds. */
    private static long secondsLeft(ScriptedProvider provider) {
        List<CallContext> contexts = provider.contexts();
        return contexts.get(contexts.size() - 1).remaining().toSeconds();
    }

    /** Adds an attempt that records its remaining time and fails after some time. */
    private void failsAfter(ScriptedProvider provider, int seconds, List<Long> left) {
        provider.then((request, context) -> {
            left.add(context.remaining().toSeconds());
            time.advance(Duration.ofSeconds(seconds));
            throw error(ErrorKind.SERVICE);
        });
    }

    @Test
    void remaining_severalLinks_isTheTimeLeftDividedByTheLinksLeft() {
        List<Long> left = new ArrayList<>();
        failsAfter(a, 10, left);
        failsAfter(b, 20, left);
        failsAfter(c, 0, left);
        try (LlmClient client = builder("").build()) {
            assertThrows(LlmException.class, () -> client.chat("hi"));
        }
        assertEquals(List.of(30L, 40L, 60L), left);
    }

    @Test
    void remaining_someLinksAreUnusable_isSharedAmongTheOthers() {
        a.answers("one").answers("two");
        b.fails(ErrorKind.RESOURCE_EXHAUSTED);
        try (LlmClient client = builder("").build()) {
            assertThrows(LlmException.class, () -> client.chat(HELLO, alone("b")));
            client.chat("hi");
            assertEquals(45, secondsLeft(a), "one of three links is in cooldown");
            c.withCapabilities();
            client.chat(WITH_TOOL);
            assertEquals(90, secondsLeft(a), "another link lacks the capability");
        }
    }

    @ParameterizedTest
    @CsvSource({"5s, 5", "30s, 30", "60s, 30"})
    void remaining_providerHasItsOwnTotalTimeout_isTheShorterOfBoth(String own, long seconds) {
        a.answers("hello");
        try (LlmClient client = builder("providers.a.timeouts.total = " + own).build()) {
            client.chat("hi");
            assertEquals(seconds, secondsLeft(a));
        }
    }
}
