package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests finding the requested wait in a server's error message. */
class WaitTextTest {

    @ParameterizedTest
    @CsvSource({"174ms, 174", "1s, 1000", "1.43s, 1430", "6m0s, 360000", "1h2m3s, 3723000", "2d, 172800000"})
    void duration_withUnits(String text, long millis) {
        assertEquals(Optional.of(Duration.ofMillis(millis)), WaitText.duration(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "5", "1 s or so", "later", "5x", "1s1s1s1s1s"})
    void duration_invalidText_isEmpty(String text) {
        assertEquals(Optional.empty(), WaitText.duration(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Rate limit reached for gpt-4.1. Please try again in 174ms. Visit https://a.example/ | 174",
                "Please retry in 1.43s. | 1430",
                "Please wait 20 seconds before retrying. | 20000",
                "Try again in 6m0s. | 360000",
                "Please retry after 1 minute and 30 seconds. | 90000",
                "Too many requests, retry in 5s, or wait 2 minutes. | 120000",
                "请求过于频繁，请在 15 秒后重试 | 15000",
                "Too many requests - cooldown 7s | 7000",
                "Next request allowed in 42 seconds | 42000",
                "42 seconds remaining until reset | 42000"
            })
    void inMessage_requestedWait_isReturned(String message, long millis) {
        assertEquals(Optional.of(Duration.ofMillis(millis)), WaitText.inMessage(message));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Limit 30000 tokens per 1 minute, used 18928.",
                "Please slow down.",
                "Try again later.",
                "You have used 5 hours of compute.",
                "retry with 3 steps fewer",
                "The gateway waited 30 s for the upstream.",
                "upstream connect error: connection reset after 12 s"
            })
    void inMessage_otherDuration_isIgnored(String message) {
        assertEquals(Optional.empty(), WaitText.inMessage(message));
    }

    @Test
    void inMessage_longMessage_takesLittleTime() {
        String message = "retry wait 1 s and ".repeat(200_000);
        CpuTime.assertWithin(Duration.ofSeconds(2), () -> {
            for (int i = 0; i < 100; i++) {
                WaitText.inMessage(message);
            }
        });
    }
}
