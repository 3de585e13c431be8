package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Tests streams that stay open after their finish reason. They must complete soon, even if neither [DONE] nor the end
 * of the body follows.
 */
@Timeout(60)
class SilenceAfterFinishTest extends BothHttpVersions {

    private static StreamReply finished() {
        return StreamReply.chunked().text("hello").finish("stop").usage(5, 8);
    }

    @Tag("fault-6.14")
    @Test
    void stream_commentsAfterFinish_completesWithUsage() {
        Reply comments = connection -> {
            finished().perform(connection);
            while (true) { // ends with an exception when the client disconnects
                StreamReply.further().comment().perform(connection);
            }
        };
        try (FaultBench bench = FaultBench.alone("openrouter")) {
            bench.openrouter.then(comments);
            Outcome outcome = bench.call(Mode.STREAM);

            assertEquals(13, outcome.answer().usage().totalTokens().orElseThrow());
            assertTrue(outcome.took().toMillis() < 2_500, outcome::toString);
        }
    }

    /** The idle timeout is shorter than the time for which the client waits for the end of the stream. */
    @Tag("fault-6.14")
    @Test
    void stream_idleTimeoutShorterThanTheWait_completes() {
        try (FaultBench bench = FaultBench.alone("openrouter").set("llm.timeouts.idle", "700ms")) {
            bench.openrouter.then(finished());

            assertEquals("hello", bench.call(Mode.STREAM).answer().text());
        }
    }
}
