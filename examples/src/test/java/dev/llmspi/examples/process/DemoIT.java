package dev.llmspi.examples.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.examples.process.Program.Result;
import org.junit.jupiter.api.Test;

/** {@code llm demo}: all its scenes, on a narrow screen, in plain ASCII. */
class DemoIT {

    @Test
    void demo_playsAllScenesAndTheCountsAgree() throws Exception {
        Result result = new Program(Program.PACKAGED).with("COLUMNS", "60").run("demo");
        assertEquals(0, result.status(), result.out() + result.err());
        assertEquals("", result.err());
        assertTrue(result.out().contains("the two agree"), result.out());
        assertTrue(result.out().matches("[ -~\\n]+"), result.out());
        assertTrue(result.out().lines().allMatch(line -> line.length() <= 60), result.out());
        for (String piece : new String[] {
            "+ answered, demo/sky-1",
            "x 503 Service",
            ": waits ",
            "x 429 RateLimit, wait 1.00 s",
            "x 402 ResourceExhausted",
            "v next provider",
            "x Connection",
            "LlmRateLimitException"
        }) {
            assertTrue(result.out().contains(piece), piece + "\n" + result.out());
        }
    }
}
