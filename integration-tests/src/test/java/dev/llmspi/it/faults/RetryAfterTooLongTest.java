package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.it.server.Reply;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A provider asks to wait longer than makes sense: nobody waits at all. */
@Timeout(60)
class RetryAfterTooLongTest {

    private static final String ERROR = "{\"error\":{\"code\":429,\"message\":\"slow down\"}}";

    /** On the last link: longer than is obeyed, or than there is time. */
    @Tag("fault-4.2")
    @ParameterizedTest
    @EnumSource
    void tooLong_nobodyElse_failsAtOnceWithTheValue(Mode mode) {
        for (String header :
                List.of("Retry-After: 61", "Retry-After: 3", "Retry-After-Ms: 86400000", "Retry-After: 300000000")) {
            try (FaultBench bench = FaultBench.alone("openrouter").set("llm.timeouts.total", "3s")) {
                bench.openrouter.then(mode.answer("warm")).always(Reply.json(429, ERROR, header));
                bench.call(mode);

                Outcome outcome = bench.call(mode);

                LlmException error = outcome.error();
                assertEquals(ErrorKind.RATE_LIMIT, error.kind());
                assertTrue(error.retryAfter().orElseThrow().toSeconds() >= 3, error::toString);
                assertTrue(error.getMessage().contains(error.retryAfter().get().toMillis() + " ms"), error::toString);
                assertEquals(1, outcome.attempts().size());
                assertDecidedAtOnce(outcome, header);
            }
        }
    }

    @Tag("fault-4.2")
    @ParameterizedTest
    @EnumSource
    void longerThanWorthWaitingFor_anotherLeft_isAskedAtOnce(Mode mode) {
        for (String header : List.of("Retry-After: 6", "Retry-After: 61", "Retry-After: 3600")) {
            try (FaultBench bench = FaultBench.both()) {
                bench.openrouter.then(mode.answer("warm")).always(Reply.json(429, ERROR, header));
                bench.portkey.always(mode.answer("hello"));
                bench.call(mode);

                Outcome outcome = bench.call(mode);

                assertEquals("portkey", outcome.answer().provider());
                assertEquals(1, outcome.sentTo("openrouter").size());
                Attempt refused = outcome.attempts().get(0);
                Attempt next = outcome.attempts().get(1);
                Duration decided = next.start().minus(refused.start()).minus(refused.duration());
                assertTrue(decided.toMillis() <= 50, header + ": decided after " + decided);
            }
        }
    }

    private static void assertDecidedAtOnce(Outcome outcome, String which) {
        Attempt last = outcome.attempts().get(outcome.attempts().size() - 1);
        Duration decided = outcome.took().minus(last.start()).minus(last.duration());
        assertTrue(decided.toMillis() <= 50, which + ": decided after " + decided);
    }
}
