package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.CooldownChanged;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.core.CallOptions;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.timing.RepeatIfLate;
import dev.llmspi.it.timing.Stopwatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests sources of keys that block, are asked too often, or have no key for a moment. */
@Timeout(60)
@RepeatIfLate
class KeySourceTest {

    private static final String API_KEY = "llm.providers.openrouter.api-key";
    private static final Duration TOLERANCE = Duration.ofMillis(250);

    private final CountDownLatch testOver = new CountDownLatch(1);

    @TempDir
    Path folder;

    @AfterEach
    void releaseSources() {
        testOver.countDown();
    }

    /** A source that counts its questions. It hangs for the tenant "slow", and ignores interrupts meanwhile. */
    private final class CountingSource implements Credential {
        private final AtomicInteger asked = new AtomicInteger();
        private final CountDownLatch hangs = new CountDownLatch(1);

        @Override
        public Secret secret(CallContext context) {
            asked.incrementAndGet();
            String tenant = context.tags().getOrDefault("tenant", "none");
            if (tenant.equals("slow")) {
                hangs.countDown();
                while (testOver.getCount() > 0) {
                    LockSupport.parkNanos(1_000_000);
                }
            }
            return Secret.of("key-of-" + tenant);
        }

        @Override
        public String toString() {
            return "CountingSource[key-of-c4n4ry]";
        }
    }

    private static CallOptions tenant(String name) {
        return CallOptions.builder().tag("tenant", name).build();
    }

    /** Makes an account of the first provider go into cooldown, so that accounts matter from now on. */
    private static void coolAccountDown(FaultBench bench, Mode mode) {
        bench.openrouter.then(Reply.error(401, "401", "no such key"));
        assertEquals("portkey", bench.call(mode, tenant("rejected")).answer().provider());
    }

    @Tag("fault-8.10")
    @ParameterizedTest
    @CsvSource({"CHAT, false", "ASYNC, false", "STREAM, false", "CHAT, true", "ASYNC, true", "STREAM, true"})
    void source_isAskedOncePerAttempt(Mode mode, boolean accountsMatter) {
        CountingSource source = new CountingSource();
        try (FaultBench bench = FaultBench.both().set(API_KEY, source).set("llm.retry.max-retries", 2)) {
            bench.portkey.always(mode.answer("hello"));
            if (accountsMatter) {
                coolAccountDown(bench, mode);
            }
            source.asked.set(0);
            bench.openrouter.then(Reply.error(500, "500", "down")).then(Reply.error(503, "503", "down"));
            bench.openrouter.then(mode.answer("one")).then(mode.answer("two"));
            assertEquals(3, bench.call(mode, tenant("a")).attempts().size());
            assertEquals(3, source.asked.get());
            assertEquals(1, bench.call(mode, tenant("b")).attempts().size());
            assertEquals(4, source.asked.get());
            if (accountsMatter) {
                bench.call(mode, tenant("rejected"));
                assertEquals(5, source.asked.get(), "also for a link that is skipped because of its account");
            }
        }
    }

    @Tag("fault-8.11")
    @ParameterizedTest
    @EnumSource
    void source_failing_isAskedOncePerAttemptAndBeginsNoCooldown(Mode mode) {
        AtomicInteger asked = new AtomicInteger();
        Credential failing = context -> {
            asked.incrementAndGet();
            throw new IllegalStateException("c4n4ry");
        };
        try (FaultBench bench = FaultBench.both().set(API_KEY, failing)) {
            bench.portkey.always(mode.answer("hello"));
            for (int call = 1; call <= 3; call++) {
                Outcome outcome = bench.call(mode);
                assertEquals("portkey", outcome.answer().provider());
                assertEquals(
                        Optional.of(ErrorReason.MISSING_CREDENTIAL),
                        outcome.attempts().get(0).reason());
                assertEquals(call, asked.get());
            }
            assertEquals(List.of(), bench.listener.events(CooldownChanged.class));
        }
    }

    @Tag("fault-8.10")
    @ParameterizedTest
    @CsvSource({"CHAT, false", "ASYNC, false", "STREAM, false", "CHAT, true", "ASYNC, true", "STREAM, true"})
    void source_hangs_endsWithTheAttemptAndTheNextAnswers(Mode mode, boolean accountsMatter) {
        CountingSource source = new CountingSource();
        try (FaultBench bench = FaultBench.both()
                .set(API_KEY, source)
                .set("llm.retry.max-retries", 0)
                .set("llm.timeouts.attempt", "300ms")) {
            bench.portkey.always(mode.answer("hello"));
            if (accountsMatter) {
                coolAccountDown(bench, mode);
            }
            source.asked.set(0);
            Stopwatch watch = Stopwatch.start();
            Outcome outcome = bench.call(mode, tenant("slow"));
            watch.assertAtMost(Duration.ofMillis(300).plus(TOLERANCE), outcome.took(), outcome::toString);
            assertEquals("portkey", outcome.answer().provider());
            Attempt failed = outcome.attempts().get(0);
            assertEquals(Optional.of(ErrorReason.ATTEMPT_TIMEOUT), failed.reason(), outcome::toString);
            assertFalse(failed.sent());
            assertNamesTheSource(failed.message());
            assertEquals(1, source.asked.get());
            assertFalse(bench.listener.events(CooldownChanged.class).stream()
                    .anyMatch(change -> change.kind() == ErrorKind.TIMEOUT));
        }
    }

    private static void assertNamesTheSource(String message) {
        assertTrue(message.contains(API_KEY) && message.contains("CountingSource"), message);
        assertFalse(message.contains("key-of"), message);
    }

    @Tag("fault-8.10")
    @ParameterizedTest
    @CsvSource({"CHAT, false", "ASYNC, false", "STREAM, false", "CHAT, true", "ASYNC, true", "STREAM, true"})
    void source_hangs_endsWithTheTotal(Mode mode, boolean accountsMatter) {
        CountingSource source = new CountingSource();
        try (FaultBench bench = FaultBench.both()
                .set(API_KEY, source)
                .set("llm.retry.max-retries", 0)
                .set("llm.timeouts.total", "1s")) {
            if (accountsMatter) {
                bench.portkey.then(mode.answer("hello"));
                coolAccountDown(bench, mode);
            }
            CallOptions alone = CallOptions.builder()
                    .provider("openrouter")
                    .tag("tenant", "slow")
                    .build();
            Stopwatch watch = Stopwatch.start();
            Outcome outcome = bench.call(mode, alone);
            watch.assertAtMost(Duration.ofSeconds(1).plus(TOLERANCE), outcome.took(), outcome::toString);
            assertTrue(outcome.took().toMillis() >= 800, outcome::toString);
            LlmException error = outcome.error();
            assertEquals(ErrorKind.TIMEOUT, error.kind());
            assertFalse(error.requestSent());
            assertNamesTheSource(error.getMessage());
        }
    }

    /** The source of a later link must cost the first link no time. */
    @Tag("fault-8.10")
    @ParameterizedTest
    @EnumSource
    void source_ofALaterLinkHangs_theFirstAnswersAtOnce(Mode mode) {
        CountingSource source = new CountingSource();
        try (FaultBench bench = FaultBench.both()
                .set(API_KEY, source)
                .with(builder -> builder.chain("reversed", "portkey", "openrouter"))) {
            bench.portkey.always(mode.answer("hello"));
            coolAccountDown(bench, mode);
            source.asked.set(0);
            CallOptions other = CallOptions.builder()
                    .chain("reversed")
                    .tag("tenant", "slow")
                    .build();
            Stopwatch watch = Stopwatch.start();
            Outcome outcome = bench.call(mode, other);
            assertEquals("portkey", outcome.answer().provider());
            watch.assertAtMost(TOLERANCE, outcome.took(), outcome::toString);
            assertEquals(0, source.asked.get());
        }
    }

    @Tag("fault-8.10")
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void source_hangs_cancelAndInterruptEndTheCall(boolean interrupt, boolean accountsMatter) throws Exception {
        CountingSource source = new CountingSource();
        Cancellation stop = Cancellation.create();
        try (FaultBench bench = FaultBench.both().set(API_KEY, source)) {
            bench.portkey.always(Reply.answer("hello"));
            if (accountsMatter) {
                coolAccountDown(bench, Mode.CHAT);
            }
            CompletableFuture<Outcome> end = new CompletableFuture<>();
            Thread caller = new Thread(() -> end.complete(bench.call(
                    Mode.CHAT,
                    CallOptions.builder()
                            .cancellation(stop)
                            .tag("tenant", "slow")
                            .build())));
            caller.start();
            source.hangs.await();
            Stopwatch watch = Stopwatch.start();
            if (interrupt) {
                caller.interrupt();
            } else {
                stop.cancel();
            }
            assertInstanceOf(CancellationException.class, end.get().thrown());
            watch.assertAtMost(TOLERANCE, () -> "the end of the call");
        }
    }

    /** The calls beyond the bound wait for a thread, each within its own time. */
    @Tag("fault-8.10")
    @Test
    void source_hangsForManyCalls_holdsFewThreads() {
        AtomicInteger running = new AtomicInteger();
        Credential hanging = context -> {
            running.incrementAndGet();
            while (testOver.getCount() > 0) {
                LockSupport.parkNanos(1_000_000);
            }
            return Secret.of("late");
        };
        try (FaultBench bench = FaultBench.alone("openrouter")
                .set(API_KEY, hanging)
                .set("llm.retry.max-retries", 0)
                .set("llm.providers.openrouter.timeouts.attempt", "100ms")) {
            List<CompletableFuture<Outcome>> calls = new ArrayList<>();
            for (int i = 0; i < 90; i++) {
                calls.add(CompletableFuture.supplyAsync(() -> bench.call(Mode.CHAT), task -> new Thread(task).start()));
            }
            calls.forEach(
                    call -> assertEquals(ErrorKind.TIMEOUT, call.join().error().kind()));
            assertTrue(running.get() <= 64, () -> running + " threads hang");
        }
    }

    private static void makePipe(Path path) throws Exception {
        assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor(), "mkfifo");
    }

    @Tag("fault-8.10")
    @ParameterizedTest
    @EnumSource
    void keyFile_isAPipeWithoutAWriter_endsWithTheAttemptAndServesLater(Mode mode) throws Exception {
        Path pipe = folder.resolve("pipe-" + System.nanoTime());
        makePipe(pipe);
        try (FaultBench bench = FaultBench.both()
                .set(API_KEY, Map.of("file", pipe.toString()))
                .set("llm.retry.max-retries", 0)
                .set("llm.timeouts.attempt", "300ms")) {
            bench.portkey.always(mode.answer("hello"));
            bench.openrouter.always(mode.answer("hello"));
            Stopwatch watch = Stopwatch.start();
            Outcome outcome = bench.call(mode);
            watch.assertAtMost(Duration.ofMillis(300).plus(TOLERANCE), outcome.took(), outcome::toString);
            Attempt failed = outcome.attempts().get(0);
            assertEquals(Optional.of(ErrorKind.TIMEOUT), failed.kind(), outcome::toString);
            assertTrue(failed.message().contains("the key file " + pipe), outcome::toString);

            Files.writeString(pipe, "key-from-the-pipe\n"); // returns when the reader has opened the pipe
            for (int call = 0; call < 2; call++) {
                assertEquals("openrouter", bench.call(mode).answer().provider());
                assertEquals(
                        Optional.of("Bearer key-from-the-pipe"),
                        bench.openrouter.lastRequest().header("Authorization"));
            }
            Files.delete(pipe);
            Files.writeString(pipe, "key-from-a-file");
            assertEquals("openrouter", bench.call(mode).answer().provider());
            assertEquals(
                    Optional.of("Bearer key-from-a-file"),
                    bench.openrouter.lastRequest().header("Authorization"));
        }
    }

    @Tag("fault-8.10")
    @ParameterizedTest
    @ValueSource(strings = {"/dev/zero", "huge", "folder", "endless", "empty", "blank", "missing"})
    void keyFile_cannotBeAKey_isAClearErrorAtOnce(String name) throws Exception {
        Path file = folder.resolve(name);
        Thread writer = new Thread(() -> {});
        switch (name) {
            case "huge" -> Files.write(file, new byte[10_000_000]);
            case "folder" -> Files.createDirectories(file);
            case "empty" -> Files.writeString(file, "");
            case "blank" -> Files.writeString(file, "\n \n");
            case "endless" -> {
                Files.deleteIfExists(file);
                makePipe(file);
                writer = new Thread(() -> {
                    try (var out = Files.newOutputStream(file)) {
                        while (true) {
                            out.write(new byte[4096]);
                        }
                    } catch (IOException e) {
                        // the reader has closed the pipe
                    }
                });
                writer.start();
            }
            default -> {}
        }
        try (FaultBench bench = FaultBench.both().set(API_KEY, Map.of("file", file.toString()))) {
            bench.portkey.always(Reply.answer("hello"));
            Stopwatch watch = Stopwatch.start();
            Outcome outcome = bench.call(Mode.CHAT);
            watch.assertAtMost(Duration.ofSeconds(1), outcome.took(), outcome::toString);
            assertEquals("portkey", outcome.answer().provider());
            Attempt failed = outcome.attempts().get(0);
            assertEquals(Optional.of(ErrorReason.MISSING_CREDENTIAL), failed.reason());
            assertFalse(failed.sent());
            assertTrue(failed.message().contains("the key file " + file), outcome::toString);
            assertEquals(List.of(), bench.listener.events(CooldownChanged.class));
        }
        writer.join();
    }

    /** Kubernetes replaces a symbolic link, and other tools truncate the file or delete it first. */
    @Tag("fault-8.11")
    @ParameterizedTest
    @CsvSource({
        "CHAT, empty",
        "CHAT, missing",
        "CHAT, huge",
        "ASYNC, empty",
        "ASYNC, missing",
        "STREAM, empty",
        "STREAM, missing"
    })
    void keyFile_unusableForAMoment_keepsTheKnownKeyAndUsesTheNewOneAtOnce(Mode mode, String state) throws Exception {
        Path file = Files.writeString(folder.resolve("key"), "old-key");
        try (FaultBench bench = FaultBench.alone("openrouter").set(API_KEY, Map.of("file", file.toString()))) {
            bench.openrouter.always(mode.answer("hello"));
            bench.call(mode).answer();
            switch (state) {
                case "empty" -> Files.writeString(file, "");
                case "huge" -> Files.write(file, new byte[1_000_000]);
                default -> Files.delete(file);
            }
            for (int call = 0; call < 3; call++) {
                assertEquals(1, bench.call(mode).attempts().size());
                assertEquals(
                        Optional.of("Bearer old-key"),
                        bench.openrouter.lastRequest().header("Authorization"));
            }
            Files.writeString(file, "new-key");
            bench.call(mode).answer();
            assertEquals(
                    Optional.of("Bearer new-key"),
                    bench.openrouter.lastRequest().header("Authorization"));
            assertEquals(List.of(), bench.listener.events(CooldownChanged.class));
        }
    }

    /** A file of the same size is replaced within the step in which the file system stores times. */
    @Tag("fault-8.11")
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keyFile_sameSizeWithinOneSecond_newKeyIsUsedAtOnce(boolean linked) throws Exception {
        FileTime second = FileTime.from(Instant.ofEpochSecond(Instant.now().getEpochSecond()));
        FileTime time = linked ? FileTime.from(Instant.now().minusSeconds(3600)) : second;
        Path file = folder.resolve("key");
        Files.deleteIfExists(file);
        try (FaultBench bench = FaultBench.alone("openrouter").set(API_KEY, Map.of("file", file.toString()))) {
            bench.openrouter.always(Reply.answer("hello"));
            for (int turn = 1; turn <= 5; turn++) {
                Path target = linked ? folder.resolve("data-" + turn) : file;
                Files.writeString(target, "key-" + turn);
                Files.setLastModifiedTime(target, time);
                if (linked) {
                    Path link = folder.resolve("link-" + turn);
                    Files.deleteIfExists(link);
                    Files.createSymbolicLink(link, target);
                    Files.move(link, file, StandardCopyOption.ATOMIC_MOVE);
                }
                bench.call(Mode.CHAT).answer();
                assertEquals(
                        Optional.of("Bearer key-" + turn),
                        bench.openrouter.lastRequest().header("Authorization"));
            }
        }
    }
}
