package dev.llmspi.it.field;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.testkit.ManualTimeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests the rows of kinds E and F5 in docs/maintainers/field.md with chains of one, two and three links. The tests
 * check the kind, the reason, the wait, and the number of requests at each link's server. Each error is sent as an HTTP
 * error, inside a response with status 200, and as a stream event.
 */
@Tag("once")
@Timeout(60)
class ErrorRowsTest {

    private static final Path FILE =
            Path.of(System.getProperty("basedir", "."), "src", "test", "resources", "errors", "rows");
    private static final int ATTEMPTS = 4;

    /** A client with three providers and a test server for each of them. */
    private static final class Links implements AutoCloseable {
        private final List<TestUpstream> servers = new ArrayList<>();
        private final LlmClient client;

        Links() {
            StringBuilder settings = new StringBuilder("""
                    llm.chains { one = [a], two = [a, b], default = [a, b, c] }
                    llm.retry.budget = 1000000
                    """);
            for (String name : List.of("a", "b", "c")) {
                TestUpstream server = TestUpstream.start();
                servers.add(server);
                settings.append(
                        "llm.providers.%s { type = openai, api-key = k-%s, default-model = m, base-url = \"%s\" }%n"
                                .formatted(name, name, server.url("/v1")));
            }
            client = LlmClient.builder()
                    .timeSource(ManualTimeSource.create())
                    .text(settings.toString(), "test")
                    .build();
        }

        List<Integer> posts() {
            return servers.stream().map(TestUpstream::posts).toList();
        }

        void ask(String chain, boolean stream) {
            CallOptions options = CallOptions.builder().chain(chain).build();
            if (stream) {
                client.stream(ChatRequest.of("hi"), options).collect();
            } else {
                client.chat(ChatRequest.of("hi"), options);
            }
        }

        @Override
        public void close() {
            client.close();
            servers.forEach(TestUpstream::close);
        }
    }

    static Stream<ErrorCase> rows() throws Exception {
        return ErrorCase.all(FILE).stream();
    }

    /** Returns the error in the row as an HTTP error, inside a successful response, and as a stream event. */
    private static List<Reply> spoken(ErrorCase row) {
        String body = row.text("body");
        List<Reply> replies = new ArrayList<>();
        replies.add(Reply.of(row.status(), row.contentType(), body, row.headers()));
        if (body.startsWith("{\"error\":{") && row.flag("inside") == null) {
            String named = body.replaceFirst("\\{\"error\":\\{", "{\"error\":{\"status_code\":" + row.status() + ",");
            replies.add(Reply.of(200, "application/json", named, row.headers()));
            replies.add(Reply.of(200, "text/event-stream", "data: " + named + "\n\n", row.headers()));
        }
        return replies;
    }

    @ParameterizedTest
    @MethodSource("rows")
    void row_isClassifiedByItsCause_andFallsBackAsExpected(ErrorCase row) {
        boolean again = Boolean.TRUE.equals(row.flag("retry"));
        boolean next = Boolean.TRUE.equals(row.flag("next"));
        int attempts = again && !isLongWait(row) ? ATTEMPTS : 1;
        for (Reply reply : spoken(row)) {
            for (boolean stream : new boolean[] {false, true}) {
                assertAlone(row, reply, stream, attempts);
                assertPosts(row, reply, "two", stream, next ? List.of(first(row), 1, 0) : List.of(1, 0, 0));
                assertPosts(row, reply, "default", stream, next ? List.of(first(row), 1, 0) : List.of(1, 0, 0));
                if (next) {
                    assertThird(row, reply, stream);
                }
            }
        }
    }

    /**
     * Returns whether the requested wait exceeds one minute, which is the longest time that a single link waits. If
     * there is a next link, a link waits only up to five seconds.
     */
    private static boolean isLongWait(ErrorCase row) {
        Long wait = row.waitMillis();
        return wait != null && wait > 60_000;
    }

    private static int first(ErrorCase row) {
        Long wait = row.waitMillis();
        boolean again = Boolean.TRUE.equals(row.flag("retry")) && (wait == null || wait <= 5_000);
        return again ? ATTEMPTS : 1;
    }

    private static void assertAlone(ErrorCase row, Reply reply, boolean stream, int attempts) {
        try (Links links = new Links()) {
            links.servers.get(0).always(reply);
            LlmException error = assertThrows(LlmException.class, () -> links.ask("one", stream), row.id());
            assertEquals(row.text("kinds"), error.kind().name(), error::getMessage);
            if (!row.names("reason").isEmpty()) {
                assertEquals(row.text("reason"), error.reason().map(Enum::name).orElse("none"), error::getMessage);
            }
            assertEquals(
                    row.waitMillis(), error.retryAfter().map(Duration::toMillis).orElse(null), error::getMessage);
            if (row.tokens("limit") != null) {
                assertEquals(row.tokens("limit"), error.contextLimit().orElse(0));
                assertEquals(row.tokens("requested"), error.requestedTokens().orElse(0));
            }
            assertEquals(List.of(attempts, 0, 0), links.posts(), row.id());
        }
    }

    private static void assertPosts(ErrorCase row, Reply reply, String chain, boolean stream, List<Integer> posts) {
        try (Links links = new Links()) {
            links.servers.get(0).always(reply);
            links.servers.get(1).always(Reply.answer("from the second"));
            if (Boolean.TRUE.equals(row.flag("next"))) {
                links.ask(chain, stream);
            } else {
                assertThrows(LlmException.class, () -> links.ask(chain, stream), row.id());
            }
            assertEquals(posts, links.posts(), row.id());
        }
    }

    private static void assertThird(ErrorCase row, Reply reply, boolean stream) {
        try (Links links = new Links()) {
            links.servers.get(0).always(reply);
            links.servers.get(1).always(reply);
            links.servers.get(2).always(Reply.answer("from the third"));
            links.ask("default", stream);
            assertEquals(List.of(first(row), first(row), 1), links.posts(), row.id());
        }
    }

    /**
     * The server echoes a prompt that mentions every other kind of error. The words in the prompt must not affect the
     * result.
     */
    @Test
    void echoedPrompt_staysAnInvalidRequestAndLeavesTheHealth() {
        String words = "rate limit, out of credits, invalid API key";
        String body = """
                {"detail":[{"type":"string_type","loc":["body","messages",0,"content"],\
                "msg":"Input should be a valid string",\
                "input":[{"type":"text","text":"%s"}],"ctx":{"error":"%s"}}]}""".formatted(words, words);
        try (Links links = new Links()) {
            links.servers.get(0).always(Reply.of(422, "application/json", body));
            links.servers.get(1).always(Reply.answer("from the second"));
            for (int call = 1; call <= 5; call++) {
                assertEquals(
                        "from the second",
                        links.client.chat(ChatRequest.of("Explain: " + words)).text());
                assertEquals(List.of(call, call, 0), links.posts());
            }
        }
    }
}
