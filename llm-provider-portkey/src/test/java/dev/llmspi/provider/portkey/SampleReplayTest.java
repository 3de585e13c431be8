package dev.llmspi.provider.portkey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.ModelCatalog;
import dev.llmspi.api.ResponseMetadata;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.openai.wire.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Replays the wire samples of the reference, by the table in its INDEX.md; they are not part of this repository. */
class SampleReplayTest {

    private static final Path FOLDER = Path.of(Optional.ofNullable(System.getenv("LLMSPI_SHARED"))
                    .orElse(System.getProperty("llmspi.shared", "../../shared")))
            .resolve("reference/samples/portkey");
    private static final Set<String> NOT_REPLAYED = Set.of("connection", "date", "content-length", "transfer-encoding");

    /** One row of the index. */
    record Sample(String file, String outcome, String retry, String fallback, String note) {
        @Override
        public String toString() {
            return file;
        }
    }

    static Stream<Sample> samples() throws IOException {
        if (!Files.isDirectory(FOLDER)) {
            return Stream.of(new Sample("none", "", "", "", ""));
        }
        return Files.readString(FOLDER.resolve("INDEX.md"))
                .lines()
                .filter(line -> line.startsWith("| ") && line.contains(".json |"))
                .map(line -> line.split("\\|", -1))
                .map(cells -> new Sample(
                        cells[1].strip(), cells[4].strip(), cells[5].strip(), cells[6].strip(), cells[7].strip()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("samples")
    void replay_sample_outcomeOfTheIndex(Sample sample) throws IOException {
        assumeFalse(sample.file().equals("none"), () -> "no samples at " + FOLDER + "; set LLMSPI_SHARED");
        assumeFalse(sample.file().startsWith("embeddings"), "embeddings have no API here");
        JsonObject response = JsonObject.parse(Files.readString(FOLDER.resolve(sample.file())))
                .object("response");
        String body = String.valueOf(response.value("body"));
        boolean streamed = sample.file().startsWith("stream-");
        int status = (int) response.count("status").orElseThrow();
        try (Bench bench = new Bench()) {
            bench.answer(status, body, headers(response));
            if (sample.file().equals("models-list.json")) {
                assertEquals(
                        "m-a",
                        bench.provider
                                .as(ModelCatalog.class)
                                .orElseThrow()
                                .models(CallContext.create())
                                .get(0)
                                .id());
            } else if (streamed) {
                ChatRequest request =
                        ChatRequest.of("Hello").toBuilder().model("ok").build();
                assertStream(sample, status, () -> bench.provider.stream(request, CallContext.create()));
            } else if (sample.outcome().equals("success")) {
                ChatRequest request =
                        ChatRequest.of("Hello").toBuilder().model("ok").build();
                assertAnswer(sample, bench.provider.chat(request, CallContext.create()));
            } else {
                ChatRequest request = ChatRequest.of("say forbiddenword").toBuilder()
                        .model("ok")
                        .build();
                assertError(sample, status, bench.failure(request));
            }
            assertEquals(1, bench.server.requests().size());
        }
    }

    private static String[] headers(JsonObject response) {
        List<String> headers = new ArrayList<>();
        for (Object pair : response.list("headers")) {
            List<?> header = (List<?>) pair;
            if (!NOT_REPLAYED.contains(header.get(0).toString().toLowerCase(Locale.ROOT))) {
                headers.add(header.get(0).toString());
                headers.add(header.get(1).toString());
            }
        }
        return headers.toArray(String[]::new);
    }

    private static void assertError(Sample sample, int status, LlmException error) {
        String kind = sample.outcome().split(" ", 2)[0];
        assertEquals(kind(kind), error.kind(), error::getMessage);
        assertEquals(status, error.status().orElseThrow());
        assertEquals(sample.retry().startsWith("yes"), retries(error), error::getMessage);
        assertEquals(sample.fallback().startsWith("yes"), goesOn(error), error::getMessage);
        if (sample.retry().startsWith("yes, after ")) {
            int seconds = Integer.parseInt(sample.retry().split(" ")[2]);
            assertEquals(Optional.of(Duration.ofSeconds(seconds)), error.retryAfter());
        }
        switch (sample.file()) {
            case "error-400-context-length.json" -> {
                assertEquals(Optional.of(ErrorReason.CONTEXT_LENGTH), error.reason());
                assertEquals(Optional.of("context_length_exceeded"), error.code());
            }
            case "error-400-invalid-param.json" -> assertTrue(error.getMessage().contains("openai error: bad temp"));
            case "error-402-credits.json" -> assertEquals(Optional.of("402"), error.code());
            case "error-404-model.json" -> assertEquals(Optional.of("model_not_found"), error.code());
            case "error-400-config-schema.json" -> {
                assertEquals(Optional.of(ErrorReason.PROVIDER_SETTINGS), error.reason());
                assertTrue(error.getMessage().contains("Invalid 'mode' value"));
            }
            case "error-446-input-guardrail.json" -> {
                assertEquals(Optional.of(ErrorReason.CONTENT_FILTERED), error.reason());
                assertTrue(error.getMessage().contains("g1/default.contains"));
                assertFalse(error.getMessage().contains("forbiddenword"));
            }
            case "error-502-html.json" -> assertTrue(error.getMessage().contains("502 Bad Gateway"));
            case "error-500-connection-refused.json" ->
                assertTrue(error.getMessage().contains("ECONNREFUSED"));
            case "documented-403-scope-ab03.json" -> assertEquals(Optional.of("AB03"), error.code());
            case "documented-401-portkey-key.json" ->
                assertTrue(error.getMessage().contains("Portkey Error: Invalid API Key"));
            default -> {}
        }
    }

    private static void assertAnswer(Sample sample, ChatResponse answer) {
        if (!sample.file().equals("chat-tool-calls.json")) {
            assertEquals("Hello from stub", answer.text());
            assertEquals(FinishReason.STOP, answer.finishReason());
        }
        assertEquals(Optional.of("openai"), answer.metadata(ResponseMetadata.UPSTREAM_PROVIDER));
        switch (sample.file()) {
            case "chat-ok.json" -> {
                assertEquals(9, answer.usage().inputTokens().orElseThrow());
                assertEquals(4, answer.usage().outputTokens().orElseThrow());
                assertEquals(13, answer.usage().totalTokens().orElseThrow());
                assertEquals(Optional.empty(), answer.metadata(ResponseMetadata.TRACE_ID));
                assertEquals(Optional.of("DISABLED"), answer.metadata(ResponseMetadata.CACHE_STATUS));
            }
            case "chat-tool-calls.json" -> {
                assertFalse(answer.hasContent());
                assertEquals("get_weather", answer.toolCalls().get(0).name());
                assertEquals("{\"city\":\"Paris\"}", answer.toolCalls().get(0).arguments());
                assertEquals(FinishReason.TOOL_CALLS, answer.finishReason());
            }
            case "chat-trace-id.json" ->
                assertEquals(Optional.of("trace-1"), answer.metadata(ResponseMetadata.TRACE_ID));
            case "ok-246-guardrail-flagged.json" ->
                assertTrue(answer.metadata().containsKey(ResponseMetadata.GUARDRAILS));
            case "retry-succeeded.json" -> assertEquals(1, answer.metadata().get(ResponseMetadata.GATEWAY_RETRIES));
            case "fallback-second-target.json" ->
                assertEquals(Optional.of("config.targets[1]"), answer.metadata(ResponseMetadata.OPTION_INDEX));
            default -> throw new AssertionError("nothing is asserted of " + sample.file());
        }
    }

    private static void assertStream(Sample sample, int status, Supplier<ChatStream> call) {
        switch (sample.file()) {
            case "stream-ok.json", "stream-usage.json" -> {
                ChatResponse answer = call.get().collect();
                assertEquals("Hello from stub", answer.text());
                assertEquals(FinishReason.STOP, answer.finishReason());
                assertEquals(Optional.of("openai"), answer.metadata(ResponseMetadata.UPSTREAM_PROVIDER));
                assertEquals(
                        sample.file().equals("stream-usage.json") ? OptionalLong.of(13) : OptionalLong.empty(),
                        answer.usage().totalTokens());
            }
            case "stream-tool-calls.json" -> {
                ChatResponse answer = call.get().collect();
                assertEquals("{\"city\":\"Paris\"}", answer.toolCalls().get(0).arguments());
                assertEquals(FinishReason.TOOL_CALLS, answer.finishReason());
            }
            case "stream-comments.json" -> {
                // [DONE] without a finish reason: through this gateway that is how a stream ends that was cut.
                ChatStream stream = call.get();
                LlmException error = assertThrows(LlmException.class, stream::collect);
                assertEquals(Optional.of(ErrorReason.TRUNCATED), error.reason());
                assertEquals("A", stream.partial().text());
            }
            case "stream-error-429.json" -> assertError(sample, status, assertThrows(LlmException.class, call::get));
            default -> throw new AssertionError("nothing is asserted of " + sample.file());
        }
    }

    private static ErrorKind kind(String word) {
        return ErrorKind.valueOf(word.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT));
    }

    private static boolean retries(LlmException error) {
        return error.retryHere()
                .orElse(
                        switch (error.kind()) {
                            case CONNECTION, RATE_LIMIT, SERVICE, TIMEOUT -> true;
                            default -> false;
                        });
    }

    private static boolean goesOn(LlmException error) {
        return error.tryNext().orElse(error.kind() != ErrorKind.INVALID_REQUEST);
    }
}
