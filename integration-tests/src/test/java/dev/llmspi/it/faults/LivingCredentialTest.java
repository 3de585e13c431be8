package dev.llmspi.it.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.core.CallOptions;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.it.timing.Stopwatch;
import dev.llmspi.testkit.FakeRequest;
import java.io.IOException;
import java.net.URLConnection;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests keys that change while the program is running, in a file or at a token server. */
@Timeout(60)
class LivingCredentialTest {

    private static final String API_KEY = "llm.providers.openrouter.api-key";

    /** A token server that returns token-1, token-2 and so on. */
    private final TestUpstream tokens = TestUpstream.start();

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        tokens.close();
    }

    private Credential tokenServer() {
        return Credential.cached(() -> Secret.of(token()));
    }

    private String token() {
        try {
            HttpRequest request = HttpRequest.newBuilder(tokens.url("/token"))
                    .version(HttpClient.Version.HTTP_1_1)
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException("the token server answered " + response.statusCode());
            }
            return response.body();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private LivingCredentialTest givesTokens(int count) {
        for (int i = 1; i <= count; i++) {
            tokens.then(Reply.of(200, "text/plain", "token-" + i));
        }
        return this;
    }

    private static FaultBench bench(Credential credential) {
        return FaultBench.both().set(API_KEY, credential);
    }

    /** Returns a function that answers requests with one of the given keys and refuses all others. */
    private static Function<FakeRequest, Reply> accepts(Mode mode, String... keys) {
        List<String> accepted =
                List.of(keys).stream().map(key -> "Bearer " + key).toList();
        return request -> accepted.contains(request.header("Authorization").orElse(""))
                ? mode.answer("hello")
                : Reply.error(401, "401", "no such key");
    }

    private static List<String> keysSeen(TestUpstream server) {
        return server.requests().stream()
                .map(request -> request.header("Authorization").orElse("none").replace("Bearer ", ""))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void keyFile_changed_isReadAgainWithoutAnError(Mode mode) throws Exception {
        Path file = Files.writeString(folder.resolve("key"), "first-key\n");
        try (FaultBench bench = FaultBench.both().set(API_KEY, Map.of("file", file.toString()))) {
            bench.openrouter.always(mode.answer("hello"));
            assertEquals(1, bench.call(mode).attempts().size());
            Files.writeString(file, "the-second-key\r\n");
            assertEquals(1, bench.call(mode).attempts().size());
            assertEquals(List.of("first-key", "the-second-key"), keysSeen(bench.openrouter));
        }
    }

    /** The server requires the new key, but neither the file's length nor its modification time shows the change. */
    @ParameterizedTest
    @EnumSource
    void keyFile_sameLengthAndTime_isReadAgainWhenTheKeyIsRefused(Mode mode) throws Exception {
        Path file = Files.writeString(folder.resolve("key"), "key-1");
        FileTime time = FileTime.from(Instant.now().minusSeconds(3600)); // a file that has just changed is read anyway
        Files.setLastModifiedTime(file, time);
        try (FaultBench bench = FaultBench.both().set(API_KEY, Map.of("file", file.toString()))) {
            bench.openrouter.answering(accepts(mode, "key-1"));
            bench.call(mode).answer();
            Files.writeString(file, "key-2");
            Files.setLastModifiedTime(file, time);
            bench.openrouter.answering(accepts(mode, "key-2"));
            assertEquals(2, bench.call(mode).sentTo("openrouter").size());
            assertEquals(List.of("key-1", "key-1", "key-2"), keysSeen(bench.openrouter));
        }
    }

    @ParameterizedTest
    @EnumSource
    void token_refused_isRenewedForOneMoreAttemptOutsideMaxRetries(Mode mode) {
        givesTokens(2);
        try (FaultBench bench = bench(tokenServer()).set("llm.retry.max-retries", 0)) {
            bench.openrouter.answering(accepts(mode, "token-1"));
            assertEquals(1, bench.call(mode).attempts().size());
            bench.openrouter.answering(accepts(mode, "token-2"));

            Outcome outcome = bench.call(mode);

            assertEquals("hello", outcome.answer().text());
            List<Attempt> attempts = outcome.sentTo("openrouter");
            assertEquals(2, attempts.size(), outcome::toString);
            assertEquals(Optional.of(ErrorKind.AUTHENTICATION), attempts.get(0).kind());
            assertEquals(
                    Optional.of(ErrorReason.CREDENTIAL_RENEWED), attempts.get(0).reason());
            assertEquals(Attempt.Outcome.SUCCESS, attempts.get(1).outcome());
            assertEquals(1, bench.call(mode).attempts().size());
            assertEquals(List.of("token-1", "token-1", "token-2", "token-2"), keysSeen(bench.openrouter));
            assertEquals(0, bench.portkey.posts());
        }
        assertEquals(2, tokens.posts());
    }

    @ParameterizedTest
    @EnumSource
    void token_newOneRefusedToo_goesToTheNextAfterTwoAttempts(Mode mode) {
        givesTokens(9);
        try (FaultBench bench = bench(tokenServer())) {
            bench.openrouter.answering(accepts(mode));
            bench.portkey.always(mode.answer("hello"));

            Outcome outcome = bench.call(mode);

            assertEquals("portkey", outcome.answer().provider());
            assertEquals(2, outcome.sentTo("openrouter").size(), outcome::toString);
            assertEquals(List.of("token-1", "token-2"), keysSeen(bench.openrouter));
        }
    }

    @Test
    void token_refusedToManyCallsAtOnce_isRenewedOnce() throws Exception {
        int callers = 16;
        givesTokens(2);
        CyclicBarrier together = new CyclicBarrier(callers);
        Reply refusal = Reply.error(401, "401", "expired");
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try (FaultBench bench = bench(tokenServer())) {
            bench.openrouter.answering(
                    request -> request.header("Authorization").equals(Optional.of("Bearer token-2"))
                            ? Reply.answer("hello")
                            : connection -> {
                                await(together); // the first refusal waits until all calls have sent the old token
                                refusal.send(connection);
                            });
            List<Future<Outcome>> calls = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                calls.add(threads.submit(() -> bench.call(Mode.CHAT)));
            }
            for (Future<Outcome> call : calls) {
                assertEquals("hello", call.get().answer().text());
                assertEquals(2, call.get().attempts().size());
            }
            assertEquals(2 * callers, bench.openrouter.posts());
        } finally {
            threads.shutdownNow();
        }
        assertEquals(2, tokens.posts());
    }

    private static void await(CyclicBarrier barrier) throws IOException {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void renewal_fails_isTheAuthenticationErrorOfTheRefusal(Mode mode) {
        givesTokens(1).tokens.always(Reply.of(503, "text/plain", "down"));
        try (FaultBench bench = bench(tokenServer()).chain("openrouter")) {
            bench.openrouter.answering(accepts(mode));

            LlmException error = bench.call(mode).error();

            assertEquals(ErrorKind.AUTHENTICATION, error.kind());
            assertEquals(401, error.status().orElseThrow());
            assertEquals(1, error.attempts().size());
        }
        assertEquals(2, tokens.posts());
    }

    @ParameterizedTest
    @EnumSource
    void renewal_givesTheSameToken_isTheAuthenticationErrorAfterOneAttempt(Mode mode) {
        tokens.always(Reply.of(200, "text/plain", "token-1"));
        try (FaultBench bench = bench(tokenServer()).chain("openrouter")) {
            bench.openrouter.answering(accepts(mode));

            assertEquals(ErrorKind.AUTHENTICATION, bench.call(mode).error().kind());
            assertEquals(1, bench.openrouter.posts());
        }
    }

    @ParameterizedTest
    @EnumSource
    void tokenServer_down_isAnUnsentAuthenticationErrorAndTheNextAnswers(Mode mode) {
        tokens.always(Reply.of(503, "text/plain", "down"));
        try (FaultBench bench = bench(tokenServer())) {
            bench.portkey.always(mode.answer("hello"));

            Outcome outcome = bench.call(mode);

            assertEquals("portkey", outcome.answer().provider());
            Attempt failed = outcome.attempts().get(0);
            assertEquals(Optional.of(ErrorKind.AUTHENTICATION), failed.kind());
            assertEquals(Optional.of(ErrorReason.MISSING_CREDENTIAL), failed.reason());
            assertFalse(failed.sent());
        }
    }

    /** The token server hangs when the first token is requested, or when the token is renewed. */
    @ParameterizedTest
    @EnumSource
    void tokenServer_hangs_countsIntoTheAttemptAndTheNextAnswers(Mode mode) throws Exception {
        for (int given = 0; given <= 1; given++) {
            TestUpstream hanging = TestUpstream.start();
            if (given == 1) {
                hanging.then(Reply.of(200, "text/plain", "token-1"));
            }
            hanging.always(Reply.hang());
            try (hanging;
                    FaultBench bench = bench(Credential.cached(() -> Secret.of(blocking(hanging))))
                            .set("llm.timeouts.attempt", "300ms")
                            .set("llm.retry.max-retries", 0)) {
                bench.openrouter.answering(accepts(mode));
                bench.portkey.always(mode.answer("hello"));

                Stopwatch watch = Stopwatch.start();
                Outcome outcome = bench.call(mode);

                assertEquals("portkey", outcome.answer().provider());
                Attempt failed = outcome.attempts().get(0);
                assertEquals(Optional.of(ErrorKind.TIMEOUT), failed.kind(), outcome::toString);
                assertEquals(Optional.of(ErrorReason.ATTEMPT_TIMEOUT), failed.reason());
                assertEquals(given == 1, failed.sent());
                assertTrue(failed.duration().toMillis() >= 300, outcome::toString);
                watch.assertAtMost(Duration.ofMillis(550), failed.duration(), outcome::toString);
                assertFalse(Thread.currentThread().isInterrupted());
            }
        }
    }

    /** Requests a token and blocks in a socket read, which an interrupt does not end. */
    private static String blocking(TestUpstream server) {
        try {
            URLConnection connection = server.url("/token").toURL().openConnection();
            return new String(connection.getInputStream().readAllBytes(), US_ASCII);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void tokenServer_hangsAndTheCallerCancels_endsAtOnce() throws Exception {
        tokens.always(Reply.hang());
        Cancellation stop = Cancellation.create();
        try (FaultBench bench = bench(Credential.cached(() -> Secret.of(blocking(tokens))))) {
            CompletableFuture<Outcome> call = CompletableFuture.supplyAsync(() -> bench.call(
                    Mode.CHAT, CallOptions.builder().cancellation(stop).build()));
            while (tokens.requests().isEmpty()) {
                Thread.onSpinWait();
            }
            Stopwatch watch = Stopwatch.start();
            stop.cancel();
            assertInstanceOf(CancellationException.class, call.get().thrown());
            watch.assertAtMost(Duration.ofMillis(250), () -> "the end of the call");
        }
    }

    /** A token that arrives after its call has timed out is used for the next call. */
    @Test
    void tokenServer_slowerThanOneAttempt_servesTheNext() throws Exception {
        CompletableFuture<Secret> slow = new CompletableFuture<>();
        try (FaultBench bench = bench(Credential.cached(slow::join))
                .chain("openrouter")
                .set("llm.timeouts.attempt", "100ms")
                .set("llm.retry.max-retries", 0)) {
            bench.openrouter.answering(accepts(Mode.CHAT, "late-token"));
            assertEquals(ErrorKind.TIMEOUT, bench.call(Mode.CHAT).error().kind());
            slow.complete(Secret.of("late-token"));
            assertEquals("hello", bench.call(Mode.CHAT).answer().text());
            assertEquals(1, bench.openrouter.posts());
        }
    }
}
