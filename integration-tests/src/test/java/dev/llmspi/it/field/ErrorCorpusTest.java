package dev.llmspi.it.field;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.testkit.ManualTimeSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Counts how many errors of real servers are classified as an operator wants, and prints a table by server group. The
 * number of correct classifications must not fall. When it rises, {@link #RIGHT} must be raised as well.
 */
@Tag("once")
@Timeout(120)
class ErrorCorpusTest {

    /** The number of correct outcomes among the cases for which the right outcome is certain. */
    private static final int RIGHT = 542;

    private static final Path FOLDER =
            Path.of(System.getProperty("basedir", "."), "src", "test", "resources", "errors");

    /** The observed outcome of a case. */
    private record Outcome(LlmException error, int posts, boolean next) {}

    private static Outcome play(ErrorCase one) {
        try (TestUpstream first = TestUpstream.start();
                TestUpstream next = TestUpstream.start();
                LlmClient client = LlmClient.builder()
                        .timeSource(ManualTimeSource.create())
                        .text(
                                """
                                llm.providers.first { type = %s, api-key = k1, default-model = m, base-url = "%s", %s }
                                llm.providers.next { type = openai, api-key = k2, default-model = m, base-url = "%s" }
                                llm.chains { default = [first, next], alone = [first] }
                                llm.retry.budget = 1000000
                                """.formatted(
                                                one.provider(),
                                                first.url("/v1"),
                                                one.provider().equals("portkey") ? "provider = openai" : "",
                                                next.url("/v1")),
                                "test")
                        .build()) {
            first.always(Reply.of(one.status(), one.contentType(), one.text("body"), one.headers()));
            next.always(Reply.answer("from the next"));
            LlmException error = alone(client, one.isStream());
            int posts = first.posts();
            client.resetHealth();
            boolean served = served(client, one.isStream());
            assertEquals(served, next.posts() > 0, one.id());
            return new Outcome(error, posts, served);
        }
    }

    private static LlmException alone(LlmClient client, boolean stream) {
        CallOptions options = CallOptions.builder().chain("alone").build();
        try {
            ask(client, stream, options);
        } catch (LlmException e) {
            return e;
        }
        throw new AssertionError("an error was taken for an answer");
    }

    private static boolean served(LlmClient client, boolean stream) {
        try {
            ask(client, stream, CallOptions.none());
            return true;
        } catch (LlmException e) {
            return false;
        }
    }

    private static void ask(LlmClient client, boolean stream, CallOptions options) {
        if (stream) {
            client.stream(ChatRequest.of("hi"), options).collect();
        } else {
            client.chat(ChatRequest.of("hi"), options);
        }
    }

    /** Returns the differences from the expected outcome, or an empty list if there are none. */
    private static List<String> faults(ErrorCase one, Outcome outcome) {
        List<String> faults = new ArrayList<>();
        LlmException error = outcome.error();
        if (!one.names("kinds").contains(error.kind().name())) {
            faults.add("kind " + error.kind());
        }
        String reason = error.reason().map(Enum::name).orElse("none");
        if (!one.names("reason").isEmpty() && !one.names("reason").contains(reason)) {
            faults.add("reason " + reason);
        }
        Long told = error.retryAfter().map(wait -> wait.toMillis()).orElse(null);
        Boolean retry = one.flag("retry");
        boolean longWait = told != null && told > 60_000; // after such a long wait request, the call ends or falls back
        if (retry != null && !(retry && longWait) && retry != outcome.posts() > 1) {
            faults.add("retry " + (outcome.posts() > 1));
        }
        Boolean next = one.flag("next");
        if (next != null && next != outcome.next()) {
            faults.add("next " + outcome.next());
        }
        if (!isRight(one, told, error)) {
            faults.add("wait " + told);
        }
        Long limit = one.tokens("limit");
        if (limit != null && limit != error.contextLimit().orElse(0)) {
            faults.add("limit " + error.contextLimit());
        }
        Long requested = one.tokens("requested");
        if (requested != null && requested != error.requestedTokens().orElse(0)) {
            faults.add("requested " + error.requestedTokens());
        }
        return faults;
    }

    private static boolean isRight(ErrorCase one, @Nullable Long told, LlmException error) {
        Long expected = one.waitMillis();
        if (expected == null) {
            return told == null || !(one.isSure() && error.kind() == ErrorKind.RATE_LIMIT);
        }
        return told != null && told >= expected - 2 && told <= expected + 1_000;
    }

    @Test
    void errorsOfRealServers_areClassifiedByTheirCause() throws Exception {
        Map<String, int[]> groups = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        int right = 0;
        int sure = 0;
        String only = System.getProperty("llmspi.errors.file", "");
        for (ErrorCase one : ErrorCase.all(FOLDER)) {
            if (!one.file().startsWith(only)) {
                continue;
            }
            List<String> faults = faults(one, play(one));
            int[] counts = groups.computeIfAbsent(one.file(), name -> new int[2]);
            if (one.isSure()) {
                sure++;
                counts[0]++;
                counts[1] += faults.isEmpty() ? 1 : 0;
                right += faults.isEmpty() ? 1 : 0;
                if (!faults.isEmpty()) {
                    wrong.add(one.id() + ": " + String.join(", ", faults));
                }
            }
        }
        StringBuilder table = new StringBuilder("Errors of real servers, src/test/resources/errors\n");
        groups.forEach(
                (name, counts) -> table.append(String.format("  %-12s %4d of %4d%n", name, counts[1], counts[0])));
        table.append(String.format("  %-12s %4d of %4d%n", "all", right, sure));
        System.out.print(table);
        if (Boolean.getBoolean("llmspi.errors.list")) {
            wrong.forEach(System.out::println);
        }
        int judged = right;
        assertTrue(right >= RIGHT, () -> judged + " right, there were " + RIGHT + ":\n" + String.join("\n", wrong));
    }
}
