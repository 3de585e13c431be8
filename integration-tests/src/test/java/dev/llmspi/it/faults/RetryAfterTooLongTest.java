package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.timing.RepeatIfLate;
import dev.llmspi.it.timing.Stopwatch;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests requested waits that are too long. The call must fail or fall back at once instead of waiting. */
@Timeout(60)
@RepeatIfLate
class RetryAfterTooLongTest {

    private static final Duration AT_ONCE = Duration.ofMillis(50);

    private static final String ERROR = "{\"error\":{\"code\":429,\"message\":\"slow down\"}}";

    /** On the last link, a wait is too long if it exceeds the maximum wait or the time left for the call. */
    @Tag("fault-4.2")
    @ParameterizedTest
    @EnumSource
    void tooLong_lastLink_failsAtOnceWithTheValue(Mode mode) {
        for (String header :
                List.of("Retry-After: 61", "Retry-After: 3", "Retry-After-Ms: 86400000", "Retry-After: 300000000")) {
            try (FaultBench bench = FaultBench.alone("openrouter").set("llm.timeouts.total", "3s")) {
                bench.openrouter.then(mode.answer("warm")).always(Reply.json(429, ERROR, header));
                bench.call(mode);

                Stopwatch watch = Stopwatch.start();
                Outcome outcome = bench.call(mode);

                LlmException error = outcome.error();
                assertEquals(ErrorKind.RATE_LIMIT, error.kind());
                assertTrue(error.retryAfter().orElseThrow().toSeconds() >= 3, error::toString);
                assertTrue(error.getMessage().contains(error.retryAfter().get().toMillis() + " ms"), error::toString);
                assertEquals(1, outcome.attempts().size());
                Attempt last = outcome.attempts().get(0);
                Duration decided = outcome.took().minus(last.start()).minus(last.duration());
                watch.assertAtMost(AT_ONCE, decided, () -> header);
            }
        }
    }

    @Tag("fault-4.2")
    @ParameterizedTest
    @EnumSource
    void longerThanTheLimit_anotherLinkLeft_fallsBackAtOnce(Mode mode) {
        for (String header : List.of("Retry-After: 6", "Retry-After: 61", "Retry-After: 3600")) {
            try (FaultBench bench = FaultBench.both()) {
                bench.openrouter.then(mode.answer("warm")).always(Reply.json(429, ERROR, header));
                bench.portkey.always(mode.answer("hello"));
                bench.call(mode);

                Stopwatch watch = Stopwatch.start();
                Outcome outcome = bench.call(mode);

                assertEquals("portkey", outcome.answer().provider());
                assertEquals(1, outcome.sentTo("openrouter").size());
                Attempt refused = outcome.attempts().get(0);
                Attempt next = outcome.attempts().get(1);
                Duration decided = next.start().minus(refused.start()).minus(refused.duration());
                watch.assertAtMost(AT_ONCE, decided, () -> header);
            }
        }
    }
}
