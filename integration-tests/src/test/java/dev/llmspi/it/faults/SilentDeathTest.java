package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmTimeoutException;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.LlmClientBuilder;
import dev.llmspi.it.faults.ForgottenPrimary.Version;
import dev.llmspi.testkit.FakeLlmServer;
import dev.llmspi.testkit.RecordingListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests a healthy primary whose connections a load balancer has forgotten without closing them. */
@Timeout(120)
class SilentDeathTest {

    private static final int CONNECTIONS = 12;
    private static final int CALLERS = 200;

    /** Long enough for a large prompt to a healthy server on a busy machine. */
    private static final String ATTEMPT_TIMEOUT = "3s";

    private static final CallOptions PATIENT =
            CallOptions.builder().attemptTimeout(Duration.ofMinutes(1)).build();
    private static final CallOptions HURRIED = CallOptions.builder()
            .provider("primary")
            .attemptTimeout(Duration.ofMillis(150))
            .build();

    private final FakeLlmServer backup =
            FakeLlmServer.openAi().answers("backup").repeat();
    private final RecordingListener listener = RecordingListener.create();
    private final ExecutorService callers = Executors.newCachedThreadPool();

    @TempDir
    Path folder;

    static Stream<Arguments> versionsAndModes() {
        return Stream.of(Version.values())
                .flatMap(version -> Stream.of(Mode.values()).map(mode -> Arguments.of(version, mode)));
    }

    @AfterEach
    void close() {
        callers.shutdownNow();
        backup.close();
    }

    private LlmClient client(ForgottenPrimary primary, UnaryOperator<LlmClientBuilder> settings) {
        return settings.apply(LlmClient.builder()
                        .listener(listener)
                        .provider("primary", block -> block.type("openai")
                                .apiKey("k1")
                                .defaultModel("m")
                                .baseUrl(primary.url())
                                .set("tls", Map.of("ca-file", primary.certificate()))
                                .set("timeouts", Map.of("attempt", ATTEMPT_TIMEOUT)))
                        .provider("backup", block -> block.type("openai")
                                .apiKey("k2")
                                .defaultModel("m")
                                .baseUrl(backup.url()))
                        .chain("default", "primary", "backup")
                        .set("llm.timeouts.connect", "1m") // 200 handshakes at once take long on a busy machine
                        .set("llm.retry.max-retries", 0))
                .build();
    }

    /** A cooldown begins with the first failure, so each attempt at the primary after it is a trial. */
    private static LlmClientBuilder withCooldowns(LlmClientBuilder builder) {
        return builder.set("llm.cooldown.after-failures", 1)
                .set("llm.cooldown.of-attempts", 1)
                .set("llm.cooldown.delay", "100ms")
                .set("llm.cooldown.max-delay", "100ms");
    }

    private static LlmClientBuilder withoutCooldowns(LlmClientBuilder builder) {
        return builder.set("llm.cooldown.after-failures", 0);
    }

    private static String call(LlmClient client, Mode mode, String text) {
        return call(client, mode, text, CallOptions.none());
    }

    private static String call(LlmClient client, Mode mode, String text, CallOptions options) {
        return mode.call(client, ChatRequest.of(text), options, piece -> {}).text();
    }

    /** Makes calls at the same time and returns their answers. */
    private List<String> callAll(int count, LlmClient client, CallOptions options) throws Exception {
        List<Future<String>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(callers.submit(() -> call(client, Mode.CHAT, "hi", options)));
        }
        List<String> answers = new ArrayList<>();
        for (Future<String> call : calls) {
            answers.add(call.get(2, TimeUnit.MINUTES));
        }
        return answers;
    }

    private static List<String> times(int count, String answer) {
        return Stream.generate(() -> answer).limit(count).toList();
    }

    private void open(int connections, ForgottenPrimary primary, LlmClient client) throws Exception {
        primary.gather(connections);
        assertEquals(times(connections, "primary"), callAll(connections, client, PATIENT));
    }

    private long failuresAtPrimary() {
        return listener.events(CallFinished.class).stream()
                .flatMap(call -> call.attempts().stream())
                .filter(attempt -> attempt.provider().equals("primary")
                        && attempt.sent()
                        && attempt.outcome() == Attempt.Outcome.ERROR)
                .count();
    }

    /** Makes calls until the primary answers, but for a limited time. */
    private static void callUntilPrimaryAnswers(LlmClient client, Mode mode, String text) {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!call(client, mode, text).equals("primary") && System.nanoTime() < giveUp) {
            Thread.onSpinWait();
        }
    }

    @Tag("fault-1.15")
    @ParameterizedTest
    @MethodSource("versionsAndModes")
    void forgottenConnections_primaryIsBackAfterOneAttempt(Version version, Mode mode) throws Exception {
        try (ForgottenPrimary primary = new ForgottenPrimary(version, folder);
                LlmClient client = client(primary, SilentDeathTest::withCooldowns)) {
            open(CONNECTIONS, primary, client);
            primary.forget();

            callUntilPrimaryAnswers(client, mode, "hi");

            assertEquals(1, failuresAtPrimary(), "attempts until the primary was back");
            assertEquals("primary", call(client, mode, "hi"));
        }
    }

    /** The prompt is larger than the window of an HTTP/2 stream, so the call ends while it is being sent. */
    @Tag("fault-1.15")
    @ParameterizedTest
    @EnumSource
    void forgottenConnections_largePrompt_primaryIsBackAfterOneAttempt(Version version) throws Exception {
        try (ForgottenPrimary primary = new ForgottenPrimary(version, folder);
                LlmClient client = client(primary, SilentDeathTest::withCooldowns)) {
            open(CONNECTIONS, primary, client);
            primary.forget();

            callUntilPrimaryAnswers(client, Mode.CHAT, "hi".repeat(200_000));

            assertEquals(1, failuresAtPrimary(), "attempts until the primary was back");
        }
    }

    @Tag("fault-1.15")
    @ParameterizedTest
    @EnumSource
    void forgottenConnectionsOf200Callers_primaryIsBackAfterOneAttemptOfEach(Version version) throws Exception {
        try (ForgottenPrimary primary = new ForgottenPrimary(version, folder);
                LlmClient client = client(primary, SilentDeathTest::withCooldowns)) {
            open(CALLERS, primary, client);
            primary.forget();
            assertEquals(times(CALLERS, "backup"), callAll(CALLERS, client, CallOptions.none()));
            long failures = failuresAtPrimary();

            callUntilPrimaryAnswers(client, Mode.CHAT, "hi");
            assertEquals(times(CALLERS, "primary"), callAll(CALLERS, client, PATIENT));

            assertEquals(failures, failuresAtPrimary(), "attempts that failed");
        }
    }

    @Tag("fault-1.15")
    @Test
    void http2ConnectionForgottenInMidStream_nextCallIsAnswered() throws Exception {
        try (ForgottenPrimary primary = new ForgottenPrimary(Version.HTTP_2, folder);
                LlmClient client =
                        client(primary, builder -> withoutCooldowns(builder).set("llm.timeouts.idle", "500ms"))) {
            open(1, primary, client);

            assertThrows(LlmException.class, () -> client.stream(ChatRequest.of("pause"))
                    .forEachText(text -> primary.forget()));

            assertEquals("primary", call(client, Mode.CHAT, "hi"));
            assertEquals(2, primary.connections());
        }
    }

    @Tag("fault-1.15")
    @ParameterizedTest
    @EnumSource
    void slowModelOverHttp2_connectionStays(Mode mode) throws Exception {
        try (ForgottenPrimary primary = new ForgottenPrimary(Version.HTTP_2, folder);
                LlmClient client = client(primary, SilentDeathTest::withoutCooldowns)) {
            open(1, primary, client);
            for (int i = 0; i < CONNECTIONS; i++) {
                assertThrows(LlmTimeoutException.class, () -> call(client, mode, "slow", HURRIED));
                assertEquals("primary", call(client, mode, "hi", PATIENT));
            }
            assertEquals(1, primary.connections());
        }
    }

    /** A call that ends early closes its connection over HTTP/1.1. The others stay. */
    @Tag("fault-1.15")
    @ParameterizedTest
    @EnumSource
    void deadlineShorterThanTheUsualAnswer_otherConnectionsStay(Version version) throws Exception {
        try (ForgottenPrimary primary = new ForgottenPrimary(version, folder);
                LlmClient client = client(primary, SilentDeathTest::withoutCooldowns)) {
            primary.takesMillis(400);
            open(CONNECTIONS, primary, client);
            int opened = primary.connections();

            assertThrows(LlmTimeoutException.class, () -> call(client, Mode.CHAT, "hi", HURRIED));
            open(CONNECTIONS, primary, client);

            assertEquals(version == Version.HTTP_2 ? opened : opened + 1, primary.connections());
        }
    }

    @Tag("fault-1.15")
    @ParameterizedTest
    @EnumSource
    void slowModelOnANewConnection_otherConnectionsStay(Version version) throws Exception {
        try (ForgottenPrimary primary = new ForgottenPrimary(version, folder);
                LlmClient client = client(primary, SilentDeathTest::withoutCooldowns)) {
            assertThrows(LlmTimeoutException.class, () -> call(client, Mode.CHAT, "slow", HURRIED));
            open(CONNECTIONS, primary, client);
            int opened = primary.connections();
            open(CONNECTIONS, primary, client);

            assertEquals(opened, primary.connections());
        }
    }
}
