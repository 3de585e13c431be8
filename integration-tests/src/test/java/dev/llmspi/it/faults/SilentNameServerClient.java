package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.it.timing.Stopwatch;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Calls a host whose name is never resolved, and a backup, in a JVM whose name server never answers. */
final class SilentNameServerClient {

    private static final Duration TOLERANCE = Duration.ofMillis(250);

    private final String backupUrl;

    private SilentNameServerClient(String backupUrl) {
        this.backupUrl = backupUrl;
    }

    /** @param arguments the base URL of a server that answers */
    public static void main(String[] arguments) throws Exception {
        SilentNameServerClient client = new SilentNameServerClient(arguments[0]);
        client.warmUp();
        for (Mode mode : Mode.values()) {
            Stopwatch.twoOfThree(() -> client.connectTimeoutEndsTheAttempt(mode));
            Stopwatch.twoOfThree(() -> client.totalTimeoutEndsTheCall(mode));
            Stopwatch.twoOfThree(() -> client.attemptTimeoutEndsTheAttempt(mode));
            Stopwatch.twoOfThree(() -> client.backupAnswers(mode));
        }
        Stopwatch.twoOfThree(client::interruptEndsTheCall);
        System.out.println("done");
        System.exit(0);
    }

    private LlmClient client(String connect, String attempt, int retries, String... chain) {
        return LlmClient.builder()
                .set("llm.timeouts.connect", connect)
                .set("llm.timeouts.attempt", attempt)
                .set("llm.retry.max-retries", retries)
                .set("llm.retry.delay", "1ms")
                .set("llm.cooldown.max", "0s")
                .provider("silent", block -> block.type("openai")
                        .apiKey("k")
                        .defaultModel("m")
                        .baseUrl("https://llm.example.test/v1"))
                .provider("backup", block -> block.type("openai")
                        .apiKey("k")
                        .defaultModel("m")
                        .baseUrl(backupUrl))
                .chain("default", chain)
                .build();
    }

    /** Loads the classes, so that the measured calls are not delayed by this. */
    private void warmUp() {
        for (Mode mode : Mode.values()) {
            try (LlmClient client = client("100ms", "10s", 0, "silent", "backup")) {
                call(client, mode, Duration.ofSeconds(10));
            }
        }
    }

    private static Outcome call(LlmClient client, Mode mode, Duration total) {
        CallEnds ends = new CallEnds();
        CallOptions options =
                CallOptions.builder().listener(ends).timeout(total).build();
        Throwable thrown = null;
        Stopwatch watch = Stopwatch.start();
        try {
            mode.call(client, ChatRequest.of("hi"), options, text -> {});
        } catch (RuntimeException e) {
            thrown = e;
        }
        Duration took = watch.elapsed();
        return new Outcome(null, thrown, List.of(), ends.await().get(0).attempts(), took);
    }

    private static void assertTook(Stopwatch watch, Duration expected, Outcome outcome) {
        assertTrue(outcome.took().compareTo(expected.minusMillis(10)) >= 0, outcome::toString);
        watch.assertAtMost(expected.plus(TOLERANCE), outcome.took(), outcome::toString);
        for (Attempt attempt : outcome.attempts()) {
            assertFalse(attempt.sent() && attempt.provider().equals("silent"), outcome::toString);
        }
    }

    private void connectTimeoutEndsTheAttempt(Mode mode) {
        try (LlmClient client = client("500ms", "10s", 0, "silent")) {
            Stopwatch watch = Stopwatch.start();
            Outcome outcome = call(client, mode, Duration.ofSeconds(2));
            assertTook(watch, Duration.ofMillis(500), outcome);
            LlmException error = outcome.error();
            assertEquals(ErrorKind.CONNECTION, error.kind(), outcome::toString);
            assertEquals(ErrorReason.UNKNOWN_HOST, error.reason().orElseThrow(), outcome::toString);
        }
    }

    /** Retries use up the time until the total timeout expires. */
    private void totalTimeoutEndsTheCall(Mode mode) {
        try (LlmClient client = client("500ms", "10s", 9, "silent")) {
            Stopwatch watch = Stopwatch.start();
            Outcome outcome = call(client, mode, Duration.ofSeconds(2));
            assertInstanceOf(LlmException.class, outcome.thrown());
            assertTrue(outcome.attempts().size() >= 3, outcome::toString);
            assertTook(watch, Duration.ofSeconds(2), outcome);
        }
    }

    private void attemptTimeoutEndsTheAttempt(Mode mode) {
        try (LlmClient client = client("10s", "400ms", 0, "silent")) {
            Stopwatch watch = Stopwatch.start();
            Outcome outcome = call(client, mode, Duration.ofSeconds(5));
            assertEquals(ErrorKind.TIMEOUT, outcome.error().kind(), outcome::toString);
            assertTook(watch, Duration.ofMillis(400), outcome);
        }
    }

    private void backupAnswers(Mode mode) {
        try (LlmClient client = client("300ms", "10s", 0, "silent", "backup")) {
            Stopwatch watch = Stopwatch.start();
            Outcome outcome = call(client, mode, Duration.ofSeconds(5));
            assertEquals(2, outcome.attempts().size(), outcome::toString);
            assertTook(watch, Duration.ofMillis(300), outcome);
        }
    }

    private void interruptEndsTheCall() throws InterruptedException {
        Thread caller = Thread.currentThread();
        ScheduledExecutorService timer = new ScheduledThreadPoolExecutor(1);
        try (LlmClient client = client("10s", "10s", 0, "silent", "backup")) {
            timer.schedule(caller::interrupt, 200, TimeUnit.MILLISECONDS);
            Stopwatch watch = Stopwatch.start();
            Outcome outcome = call(client, Mode.CHAT, Duration.ofSeconds(5));
            assertTrue(Thread.interrupted(), outcome::toString);
            assertInstanceOf(CancellationException.class, outcome.thrown());
            assertTook(watch, Duration.ofMillis(200), outcome);
        } finally {
            timer.shutdownNow();
        }
    }
}
