package dev.llmspi.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Attempt.Outcome;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.event.AttemptFinished;
import dev.llmspi.api.event.AttemptInfo;
import dev.llmspi.api.event.AttemptStarted;
import dev.llmspi.api.event.CallInfo;
import dev.llmspi.api.event.FailedOver;
import dev.llmspi.api.event.RetryScheduled;
import dev.llmspi.examples.show.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressLineTest {

    private static final CallInfo CALL = new CallInfo(
            "call", Optional.empty(), Optional.empty(), Map.of(), "default", Optional.empty(), Instant.EPOCH);
    private static final Attempt BUSY = Attempt.builder("openrouter", Outcome.ERROR)
            .kind(ErrorKind.SERVICE)
            .status(503)
            .build();
    private static final Attempt NO_CREDIT = Attempt.builder("openrouter", Outcome.ERROR)
            .kind(ErrorKind.RESOURCE_EXHAUSTED)
            .reason(ErrorReason.INSUFFICIENT_CREDIT)
            .build();

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private long seconds;

    private ProgressLine progress(String term, String columns) {
        Terminal terminal = new Terminal(
                InputStream.nullInputStream(),
                new ByteArrayOutputStream(),
                err,
                Map.of("TERM", term, "COLUMNS", columns, "NO_COLOR", "1"),
                "12",
                "C");
        return new ProgressLine(terminal.status(), () -> TimeUnit.SECONDS.toNanos(seconds));
    }

    private static void starts(ProgressLine progress, String provider) {
        progress.attemptStarted(
                new AttemptStarted(
                        CALL,
                        new AttemptInfo(1, provider, provider, Optional.empty(), Optional.empty(), Instant.EPOCH)),
                (name, value) -> {});
    }

    private static void ends(ProgressLine progress, Attempt attempt) {
        progress.attemptFinished(new AttemptFinished(
                CALL,
                new AttemptInfo(
                        1, attempt.provider(), attempt.provider(), Optional.empty(), Optional.empty(), Instant.EPOCH),
                attempt));
    }

    private void tick(ProgressLine progress, long atSecond) {
        seconds = atSecond;
        progress.tick();
    }

    /** Returns what was printed since the last call. The escape sequence that erases the line is shown as a bar. */
    private String printed() {
        String text = err.toString(StandardCharsets.UTF_8).replace("\r\u001b[K", "|");
        err.reset();
        return text;
    }

    @Test
    void firstAttempt_isMentionedOnceItIsSlow() {
        try (ProgressLine progress = progress("xterm", "80")) {
            starts(progress, "openrouter");
            tick(progress, 2);
            assertEquals("", printed());
            tick(progress, 3);
            assertEquals("|waiting for openrouter, 3 s", printed());
            tick(progress, 65);
            assertEquals("|waiting for openrouter, 1 min 5 s", printed());
            ends(progress, Attempt.builder("openrouter", Outcome.SUCCESS).build());
            assertEquals("|", printed());
            tick(progress, 66);
            assertEquals("", printed());
        }
    }

    @Test
    void retryAndFallback_sayWhy() {
        try (ProgressLine progress = progress("xterm", "80")) {
            starts(progress, "openrouter");
            ends(progress, BUSY);
            progress.retryScheduled(new RetryScheduled(CALL, BUSY, Duration.ofMillis(1_200)));
            assertEquals("|trying again in 2 s: openrouter failed (503)", printed());
            tick(progress, 1);
            assertEquals("|trying again in 1 s: openrouter failed (503)", printed());
            starts(progress, "openrouter");
            assertEquals("|trying again: openrouter failed (503)", printed());
            tick(progress, 5);
            assertEquals("|trying again, 4 s: openrouter failed (503)", printed());
            ends(progress, NO_CREDIT);
            progress.failedOver(new FailedOver(CALL, "openrouter", "portkey", ErrorKind.RESOURCE_EXHAUSTED));
            assertEquals("|asking portkey: openrouter is out of credit", printed());
        }
        assertEquals("|", printed());
    }

    @Test
    void narrowTerminal_lineIsCut() {
        try (ProgressLine progress = progress("xterm", "30")) {
            starts(progress, "openrouter");
            ends(progress, BUSY);
            progress.retryScheduled(new RetryScheduled(CALL, BUSY, Duration.ofSeconds(2)));
            assertEquals("|trying again in 2 s: openr...", printed());
        }
    }

    @Test
    void terminalWithoutEscapes_getsALineForEachStep() {
        try (ProgressLine progress = progress("dumb", "80")) {
            starts(progress, "openrouter");
            tick(progress, 9);
            ends(progress, BUSY);
            progress.retryScheduled(new RetryScheduled(CALL, BUSY, Duration.ofSeconds(2)));
            starts(progress, "openrouter");
            assertEquals("llm: trying again in 2 s: openrouter failed (503)\n", printed());
        }
    }
}
