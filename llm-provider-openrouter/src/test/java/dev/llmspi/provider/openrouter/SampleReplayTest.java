package dev.llmspi.provider.openrouter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmspi.api.Account;
import dev.llmspi.api.AccountStatus;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.ModelCatalog;
import dev.llmspi.api.ModelInfo;
import dev.llmspi.api.ResponseMetadata;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.openai.wire.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Replays the wire samples of the reference; they are not part of this repository. */
class SampleReplayTest {

    private static final Path FOLDER = Path.of(Optional.ofNullable(System.getenv("LLMSPI_SHARED"))
                    .orElse(System.getProperty("llmspi.shared", "../../shared")))
            .resolve("reference/samples/openrouter");
    private static final Pattern KIND =
            Pattern.compile("^(Authentication|RateLimit|ResourceExhausted|InvalidRequest|Service|Timeout|Model)\\b");
    private static final Map<String, String> NO_API = Map.of(
            "41-model-endpoints.json", "the endpoints of a model have no API here",
            "43-credits.json", "credits need a management key, which this provider never has",
            "44-generation.json", "looking up a generation has no API here",
            "45-embeddings.json", "embeddings have no API here");

    private static final String[] EVENTS = {"Content-Type", "text/event-stream"};

    static Stream<Arguments> samples() throws IOException {
        if (!Files.isDirectory(FOLDER)) {
            return Stream.of(Arguments.of(Named.of("no samples here", JsonObject.of(Map.of()))));
        }
        String manifest = "{\"samples\":" + Files.readString(FOLDER.resolve("manifest.json")) + "}";
        return JsonObject.parse(manifest).objects("samples").stream()
                .map(sample -> Arguments.of(Named.of(sample.text("file").orElseThrow(), sample)));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void replay_sample_outcomeOfTheIndex(JsonObject sample) throws IOException {
        assumeFalse(sample.isEmpty(), () -> "no samples at " + FOLDER + "; set LLMSPI_SHARED");
        String file = sample.text("file").orElseThrow();
        assumeTrue(NO_API.get(file) == null, () -> NO_API.get(file));
        String body = Files.readString(FOLDER.resolve(file));
        if (file.startsWith("32-")) {
            replayStatusExamples(body);
            return;
        }
        int status = (int) sample.count("status").orElseThrow();
        try (Bench bench = new Bench()) {
            bench.answer(status, body, file.endsWith(".sse") ? EVENTS : headers(sample));
            String expect = sample.text("expect").orElseThrow();
            Matcher kind = KIND.matcher(expect);
            if (file.endsWith(".sse")) {
                assertStream(file, bench.provider.stream(ChatRequest.of("Hello"), CallContext.create()));
            } else if (file.startsWith("40-")) {
                assertModels(bench.provider.as(ModelCatalog.class).orElseThrow().models(CallContext.create()));
            } else if (file.startsWith("42-")) {
                assertAccount(
                        bench.provider.as(AccountStatus.class).orElseThrow().account(CallContext.create()));
            } else if (kind.find()) {
                assertError(file, status, kind.group(1), expect, bench.failure(ChatRequest.of("Hello")));
            } else {
                assertAnswer(file, bench.provider.chat(ChatRequest.of("Hello"), CallContext.create()));
            }
            assertEquals(1, bench.server.requests().size());
        }
    }

    private static String[] headers(JsonObject sample) {
        return sample.object("headers").members().entrySet().stream()
                .flatMap(header -> Stream.of(header.getKey(), String.valueOf(header.getValue())))
                .toArray(String[]::new);
    }

    private static void assertError(String file, int status, String kind, String expect, LlmException error) {
        assertEquals(kind(kind), error.kind(), error::getMessage);
        assertEquals(status, error.status().orElseThrow());
        assertEquals("or", error.provider());
        String text = expect.toLowerCase(Locale.ROOT);
        if (text.contains("not retryable") || text.contains("no retry")) {
            assertFalse(retries(error), error::getMessage);
        } else if (text.contains("retryable")) {
            assertTrue(retries(error), error::getMessage);
        }
        if (text.contains("fallback yes") || text.contains("fallback to another provider yes")) {
            assertTrue(goesOn(error), error::getMessage);
        } else if (text.contains("fallback off")) {
            assertFalse(goesOn(error), error::getMessage);
        }
        switch (file.substring(0, 2)) {
            case "21" -> assertTrue(error.getMessage().contains("1848"));
            case "22" -> {
                assertEquals(Optional.empty(), error.retryAfter());
                assertTrue(error.getMessage().contains("temporarily rate-limited upstream"));
            }
            case "23" -> assertEquals(Optional.of(Duration.ofSeconds(17)), error.retryAfter());
            case "24" -> assertEquals(Optional.of(Duration.ofSeconds(660)), error.retryAfter());
            case "25" -> {
                assertEquals(Optional.of(ErrorReason.QUOTA), error.reason());
                assertEquals(Optional.of(Duration.ofSeconds(600)), error.retryAfter());
            }
            case "27" -> {
                assertEquals(Optional.of(ErrorReason.CONTENT_FILTERED), error.reason());
                assertFalse(error.getMessage().contains("ignore all previous instructions"));
            }
            case "28" -> {
                assertEquals(Optional.of(ErrorReason.CONTENT_FILTERED), error.reason());
                assertFalse(error.getMessage().contains("first part of the text"));
            }
            case "30" -> assertEquals(Optional.of(Duration.ofSeconds(12)), error.retryAfter());
            case "31" -> assertTrue(error.getMessage().contains("The server had an error processing your request"));
            default -> {}
        }
    }

    private static void assertAnswer(String file, ChatResponse answer) {
        switch (file.substring(0, 2)) {
            case "01" -> {
                assertTrue(answer.text().startsWith("Why did the train"));
                assertEquals(FinishReason.STOP, answer.finishReason());
                assertEquals(
                        "STOP",
                        answer.metadata(ResponseMetadata.NATIVE_FINISH_REASON).orElseThrow());
                assertEquals(
                        "Google",
                        answer.metadata(ResponseMetadata.UPSTREAM_PROVIDER).orElseThrow());
                assertEquals(31, answer.usage().inputTokens().orElseThrow());
                assertEquals(21, answer.usage().outputTokens().orElseThrow());
                assertEquals(52, answer.usage().totalTokens().orElseThrow());
                assertEquals(Optional.empty(), answer.usage().cost());
            }
            case "02" -> {
                assertEquals(
                        Optional.of(new BigDecimal("0.002103")), answer.usage().cost());
                assertEquals(answer.usage().cost(), answer.usage().spend());
                assertEquals(Boolean.FALSE, answer.metadata().get(ResponseMetadata.IS_BYOK));
                assertEquals(0, answer.usage().cachedInputTokens().orElseThrow());
            }
            case "03" -> {
                assertEquals("", answer.text());
                assertTrue(answer.hasContent());
                assertEquals("divide", answer.toolCalls().get(0).name());
                assertEquals("3sniiMddS", answer.toolCalls().get(0).id());
                assertTrue(answer.toolCalls().get(0).wellFormed());
                assertEquals(FinishReason.TOOL_CALLS, answer.finishReason());
            }
            case "04" -> {
                assertEquals(FinishReason.TOOL_CALLS, answer.finishReason());
                assertEquals(
                        0,
                        new BigDecimal("0.0003253")
                                .compareTo(answer.usage().spend().orElseThrow()));
            }
            case "05" -> {
                assertEquals("ok", answer.text());
                assertTrue(answer.message().reasoning().isPresent());
                assertTrue(answer.message().reasoningDetails().get(0).get("signature") instanceof String);
                assertEquals(48, answer.usage().reasoningTokens().orElseThrow());
                assertEquals(FinishReason.STOP, answer.finishReason());
            }
            case "06" -> assertTrue(answer.hasContent());
            default -> throw new AssertionError("nothing is asserted of " + file);
        }
    }

    private static void assertStream(String file, ChatStream stream) {
        if (file.startsWith("33-")) {
            LlmException error = assertThrows(LlmException.class, stream::collect);
            assertEquals("Once upon a time", stream.partial().text());
            assertEquals(ErrorKind.RATE_LIMIT, error.kind());
            assertEquals(429, error.status().orElseThrow());
            return;
        }
        ChatResponse answer = stream.collect();
        switch (file.substring(0, 2)) {
            case "07" -> {
                assertEquals("Hello!", answer.text());
                assertEquals(259, answer.usage().totalTokens().orElseThrow());
                assertEquals(
                        Optional.of(new BigDecimal("0.000837")), answer.usage().cost());
                assertEquals(Optional.of("anthropic/claude-4.6-sonnet-20260217"), answer.model());
                assertEquals(
                        "Amazon Bedrock",
                        answer.metadata(ResponseMetadata.UPSTREAM_PROVIDER).orElseThrow());
            }
            case "08" -> {
                assertEquals("https://github.com/pydantic/pydantic-ai ", answer.text());
                assertEquals(
                        "completed",
                        answer.metadata(ResponseMetadata.NATIVE_FINISH_REASON).orElseThrow());
                assertTrue(answer.usage().outputTokens().isPresent());
            }
            case "09" -> {
                assertEquals("2 + 2 = 4", answer.text());
                assertEquals(
                        Optional.of("This is a simple arithmetic question. 2+2 equals 4."),
                        answer.message().reasoning());
                assertEquals(1, answer.message().reasoningDetails().size());
                Map<String, Object> detail = answer.message().reasoningDetails().get(0);
                assertEquals("This is a simple arithmetic question. 2+2 equals 4.", detail.get("text"));
                assertTrue(detail.get("signature").toString().length() > 20);
                assertTrue(answer.message().isFrom("or", "openrouter/auto"));
            }
            case "10" -> {
                assertEquals("{\"city\":\"Oslo\"}", answer.toolCalls().get(0).arguments());
                assertEquals(
                        "{\"zone\":\"Europe/Oslo\"}", answer.toolCalls().get(1).arguments());
                assertEquals(
                        List.of("call_A1 get_weather", "call_B2 get_time"),
                        answer.toolCalls().stream()
                                .map(call -> call.id() + " " + call.name())
                                .toList());
                assertEquals(120, answer.usage().inputTokens().orElseThrow());
                assertEquals(31, answer.usage().outputTokens().orElseThrow());
            }
            default -> throw new AssertionError("nothing is asserted of " + file);
        }
        assertEquals(file.startsWith("10") ? FinishReason.TOOL_CALLS : FinishReason.STOP, answer.finishReason());
    }

    private static void assertModels(List<ModelInfo> models) {
        assertEquals(1, models.size());
        assertEquals(8192, models.get(0).contextLength().orElseThrow());
        assertEquals(Optional.of(new BigDecimal("0.00003")), models.get(0).inputPrice());
    }

    private static void assertAccount(Account account) {
        assertEquals(0, new BigDecimal(100).compareTo(account.limit().orElseThrow()));
        assertEquals(Optional.of(new BigDecimal("74.5")), account.remaining());
        assertEquals(Optional.of("monthly"), account.limitReset());
        assertTrue(account.hasCredit());
    }

    /** One error per documented status, by the table of the reference's section 8. */
    private static void replayStatusExamples(String body) throws IOException {
        Map<Integer, ErrorKind> kinds = Map.ofEntries(
                Map.entry(400, ErrorKind.INVALID_REQUEST),
                Map.entry(401, ErrorKind.AUTHENTICATION),
                Map.entry(402, ErrorKind.RESOURCE_EXHAUSTED),
                Map.entry(404, ErrorKind.MODEL),
                Map.entry(408, ErrorKind.TIMEOUT),
                Map.entry(413, ErrorKind.INVALID_REQUEST),
                Map.entry(422, ErrorKind.INVALID_REQUEST),
                Map.entry(429, ErrorKind.RATE_LIMIT),
                Map.entry(500, ErrorKind.SERVICE),
                Map.entry(502, ErrorKind.SERVICE),
                Map.entry(503, ErrorKind.SERVICE),
                Map.entry(524, ErrorKind.TIMEOUT),
                Map.entry(529, ErrorKind.SERVICE));
        try (Bench bench = new Bench()) {
            for (JsonObject example : JsonObject.parse("{\"all\":" + body + "}").objects("all")) {
                int status = (int) example.count("status").orElseThrow();
                String message =
                        example.object("body").object("error").text("message").orElseThrow();
                bench.answer(status, "{\"error\":{\"code\":" + status + ",\"message\":\"" + message + "\"}}");
                LlmException error = bench.failure(ChatRequest.of("Hello"));
                assertEquals(kinds.get(status), error.kind(), error::getMessage);
                assertEquals(status, error.status().orElseThrow());
            }
            assertEquals(kinds.size(), bench.server.requests().size());
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
