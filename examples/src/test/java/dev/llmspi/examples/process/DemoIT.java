package dev.llmspi.examples.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.examples.process.Program.Result;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Runs {@code llm demo} and {@code llm broken-streams} as processes, and checks the output of all scenes in plain
 * ASCII.
 */
class DemoIT {

    @Test
    void demo_playsAllScenesAndCountsAgree() throws Exception {
        Result result = new Program(Program.PACKAGED).with("COLUMNS", "60").run("demo");
        assertEquals(0, result.status(), result.out() + result.err());
        assertEquals("", result.err());
        assertTrue(result.out().contains("the counts agree"), result.out());
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
            "LlmRateLimitException",
            "text      Sunlight, scattered by air: the blue part most.\n",
            "x Connection, connection lost",
            "LlmConnectionException",
            "delivered before the error: \"Because air scatters blue \"",
            "model     calls weather {\"city\":\"Bern\"}",
            "model     Yes: four degrees, and fog."
        }) {
            assertTrue(result.out().contains(piece), piece + "\n" + result.out());
        }
    }

    @Test
    void brokenStreams_endAsExpectedWithoutASecondRequest() throws Exception {
        Result result = new Program(Program.PACKAGED).with("COLUMNS", "90").run("broken-streams");
        assertEquals(0, result.status(), result.out() + result.err());
        assertEquals("", result.err());
        assertEquals(
                List.of(
                        "failed: LlmServiceException (Service)",
                        "failed: LlmConnectionException (Connection, connection lost)",
                        "failed: LlmServiceException (Service, truncated)",
                        "failed: LlmTimeoutException (Timeout, idle timeout)",
                        "failed: LlmServiceException (Service, malformed response)",
                        "complete, finish reason unknown",
                        "failed: LlmServiceException (Service, truncated)",
                        "cancelled: CancellationException",
                        "complete, finish reason stop"),
                result.out()
                        .lines()
                        .filter(line -> line.startsWith("   ending"))
                        .map(line -> line.substring(13))
                        .toList(),
                result.out());
        assertTrue(result.out().contains("9 calls, 9 requests: no request was sent twice."), result.out());
    }
}
