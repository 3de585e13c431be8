package dev.llmspi.examples.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Attempt.Outcome;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimelineTest {

    private static final List<Attempt> CALL = List.of(
            Attempt.builder("openrouter", Outcome.ERROR)
                    .status(503)
                    .kind(ErrorKind.SERVICE)
                    .duration(Duration.ofMillis(34))
                    .build(),
            Attempt.builder("openrouter", Outcome.ERROR)
                    .status(429)
                    .kind(ErrorKind.RATE_LIMIT)
                    .retryAfter(Duration.ofMinutes(2))
                    .start(Duration.ofMillis(196))
                    .waitBefore(Duration.ofMillis(162))
                    .duration(Duration.ofMillis(31))
                    .build(),
            Attempt.builder("backup", Outcome.SKIPPED)
                    .reason(ErrorReason.COOLDOWN)
                    .start(Duration.ofMillis(227))
                    .build(),
            Attempt.builder("portkey", Outcome.SUCCESS)
                    .model("gpt-x")
                    .start(Duration.ofMillis(227))
                    .duration(Duration.ofMillis(1_045))
                    .build());

    @Test
    void lines_plain_showStartProviderOutcomeAndDuration() {
        assertEquals(
                List.of(
                        "     0 ms  openrouter  x 503 Service                   34 ms",
                        "                       : waits 162 ms",
                        "   196 ms  openrouter  x 429 RateLimit, wait 2 min     31 ms",
                        "                       v next provider",
                        "   227 ms  backup      - skipped, cooldown",
                        "                       v next provider",
                        "   227 ms  portkey     + answered, gpt-x              1.04 s"),
                new Timeline(Style.PLAIN, 60).lines(CALL));
    }

    @Test
    void lines_fitEveryWidth() {
        for (int width = 40; width < 120; width++) {
            int limit = width;
            for (String line : new Timeline(Style.PLAIN, width).lines(CALL)) {
                assertTrue(line.length() <= limit, () -> limit + ": " + line);
            }
        }
    }

    @Test
    void lines_colour_addsOnlyEscapeSequences() {
        List<String> colourful = new Timeline(new Style(true, false), 70).lines(CALL);
        assertTrue(colourful.get(0).contains("\u001b[31m"));
        assertEquals(
                new Timeline(Style.PLAIN, 70).lines(CALL),
                colourful.stream()
                        .map(line -> line.replaceAll("\u001b\\[\\d+m", ""))
                        .toList());
    }

    @Test
    void lines_noAttempts_areEmpty() {
        assertEquals(List.of(), new Timeline(Style.PLAIN, 70).lines(List.of()));
    }
}
