package dev.llmspi.provider.openrouter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.llmspi.api.Account;
import dev.llmspi.api.AccountStatus;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ModelCatalog;
import dev.llmspi.api.ModelInfo;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.openai.wire.JsonObject;
import dev.llmspi.testkit.FakeReply;
import dev.llmspi.testkit.bench.ObservedFields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Replays recorded HTTP samples, which are not part of this repository. */
class SampleReplayTest {

    private static final Path FOLDER = Path.of(Optional.ofNullable(System.getenv("LLMSPI_SHARED"))
                    .orElse(System.getProperty("llmspi.shared", "../../shared")))
            .resolve("reference/samples/openrouter");

    /**
     * The samples, one per row. A row contains the beginning of a file name and the expected fields. Sample 32 has its
     * own test.
     */
    static final List<String> SAMPLES = rows("""
            01 | text ~ Why did the train | finish = STOP | native_finish_reason = STOP | upstream_provider = Google
            01 | input = 31 | output = 21 | total = 52 | cost = -
            02 | cost = 0.002103 | spend = 0.002103 | is_byok = false | cached = 0
            03 | text = "" | tools ~ 3sniiMddS divide {" | finish = TOOL_CALLS
            04 | finish = TOOL_CALLS | spend = 0.0003253
            05 | text = ok | reasoning | details ~ signature= | reasoning tokens = 48 | finish = STOP
            06 | text
            07 | text = Hello! | finish = STOP | total = 259 | cost = 0.000837 | upstream_provider = Amazon Bedrock
            07 | model = anthropic/claude-4.6-sonnet-20260217
            08 | text = "https://github.com/pydantic/pydantic-ai " | finish = STOP
            08 | native_finish_reason = completed | output
            09 | text = 2 + 2 = 4 | finish = STOP | details ~ signature=
            09 | reasoning = This is a simple arithmetic question. 2+2 equals 4.
            09 | details ~ text=This is a simple arithmetic question. 2+2 equals 4.
            10 | tools = call_A1 get_weather {"city":"Oslo"}, call_B2 get_time {"zone":"Europe/Oslo"}
            10 | finish = TOOL_CALLS | input = 120 | output = 31
            20 | provider = or | status = 401 | kind = AUTHENTICATION | retry = false | fallback = true
            21 | status = 402 | kind = RESOURCE_EXHAUSTED | retry = false | fallback = true | message ~ 1848
            22 | status = 429 | kind = RATE_LIMIT | retry = true | fallback = true | wait = -
            22 | message ~ temporarily rate-limited upstream
            23 | status = 429 | kind = RATE_LIMIT | wait = PT17S
            24 | status = 429 | kind = RATE_LIMIT | retry = true | fallback = true | wait = PT11M
            25 | status = 429 | kind = RESOURCE_EXHAUSTED | reason = QUOTA | retry = false | fallback = true
            25 | wait = PT10M
            26 | status = 400 | kind = MODEL | retry = false | fallback = true
            27 | status = 403 | kind = INVALID_REQUEST | reason = CONTENT_FILTERED | retry = false | fallback = false
            27 | message !~ ignore all previous instructions
            28 | status = 403 | kind = INVALID_REQUEST | reason = CONTENT_FILTERED | retry = false
            28 | message !~ first part of the text
            29 | status = 404 | kind = MODEL | retry = false | fallback = true
            30 | status = 503 | kind = SERVICE | retry = true | fallback = true | wait = PT12S
            31 | status = 502 | kind = SERVICE | retry = true | fallback = true
            31 | message ~ The server had an error processing your request
            33 | status = 429 | kind = RATE_LIMIT | partial = Once upon a time
            40 | models = 1 | context = 8192 | input price = 0.00003
            42 | limit = 100 | remaining = 74.5 | reset = monthly | has credit = true
            """);

    /** The kind of error for each documented status, as listed in section 8 of the reference document. */
    private static final Map<Long, String> KINDS = Map.ofEntries(
            Map.entry(400L, "INVALID_REQUEST"),
            Map.entry(401L, "AUTHENTICATION"),
            Map.entry(402L, "RESOURCE_EXHAUSTED"),
            Map.entry(404L, "MODEL"),
            Map.entry(408L, "TIMEOUT"),
            Map.entry(413L, "INVALID_REQUEST"),
            Map.entry(422L, "INVALID_REQUEST"),
            Map.entry(429L, "RATE_LIMIT"),
            Map.entry(500L, "SERVICE"),
            Map.entry(502L, "SERVICE"),
            Map.entry(503L, "SERVICE"),
            Map.entry(524L, "TIMEOUT"),
            Map.entry(529L, "SERVICE"));

    /** Joins the table lines that belong to the same sample. */
    private static List<String> rows(String table) {
        return table
                .lines()
                .collect(Collectors.groupingBy(line -> line.substring(0, 2), Collectors.joining(" | ")))
                .values()
                .stream()
                .sorted()
                .toList();
    }

    private static void assumeSamples() {
        assumeFalse(!Files.isDirectory(FOLDER), () -> "no samples in " + FOLDER + "; set LLMSPI_SHARED");
    }

    private static List<JsonObject> manifest() throws IOException {
        String samples = "{\"samples\":" + Files.readString(FOLDER.resolve("manifest.json")) + "}";
        return JsonObject.parse(samples).objects("samples");
    }

    @ParameterizedTest
    @FieldSource("SAMPLES")
    void replay_sample_hasTheExpectedFields(String row) throws IOException {
        assumeSamples();
        String number = row.substring(0, 2);
        JsonObject sample = manifest().stream()
                .filter(one -> one.text("file").orElseThrow().startsWith(number + "-"))
                .findFirst()
                .orElseThrow();
        String file = sample.text("file").orElseThrow();
        try (Bench bench = new Bench()) {
            int status = (int) sample.count("status").orElseThrow();
            String body = Files.readString(FOLDER.resolve(file));
            bench.answer(
                    file.endsWith(".sse")
                            ? FakeReply.of(status, "text/event-stream", body)
                            : FakeReply.json(status, body, headers(sample)));
            ObservedFields observed = call(bench, file);

            Stream.of(row.split(" \\| "))
                    .filter(expectation -> !expectation.equals(number))
                    .forEach(observed::check);
            assertEquals(1, bench.server.requests().size());
        }
    }

    /**
     * Checks that no sample is forgotten. The samples not in the table come from endpoints that the library does not
     * support or that need a management key.
     */
    @Test
    void samples_ofSupportedEndpoints_areInTheTable() throws IOException {
        assumeSamples();
        List<String> without = manifest().stream()
                .map(sample -> sample.text("file").orElseThrow().substring(0, 2))
                .filter(number -> SAMPLES.stream().noneMatch(row -> row.startsWith(number)))
                .toList();
        assertEquals(List.of("32", "41", "43", "44", "45"), without);
    }

    private static ObservedFields call(Bench bench, String file) {
        ChatRequest hello = ChatRequest.of("Hello");
        CallContext context = CallContext.create();
        try {
            if (file.startsWith("40-")) {
                return observed(
                        bench.provider.as(ModelCatalog.class).orElseThrow().models(context));
            }
            if (file.startsWith("42-")) {
                return observed(
                        bench.provider.as(AccountStatus.class).orElseThrow().account(context));
            }
            return file.endsWith(".sse")
                    ? ObservedFields.of(bench.provider.stream(hello, context))
                    : ObservedFields.of(bench.provider.chat(hello, context));
        } catch (LlmException e) {
            return ObservedFields.of(e);
        }
    }

    private static ObservedFields observed(List<ModelInfo> models) {
        ModelInfo first = models.get(0);
        return new ObservedFields(Map.of(
                "models", String.valueOf(models.size()),
                "context", String.valueOf(first.contextLength().orElseThrow()),
                "input price", first.inputPrice().orElseThrow().toPlainString()));
    }

    private static ObservedFields observed(Account account) {
        return new ObservedFields(Map.of(
                "limit", account.limit().orElseThrow().toPlainString(),
                "remaining", account.remaining().orElseThrow().toPlainString(),
                "reset", account.limitReset().orElseThrow(),
                "has credit", String.valueOf(account.hasCredit())));
    }

    private static String[] headers(JsonObject sample) {
        return sample.object("headers").members().entrySet().stream()
                .filter(header -> !header.getKey().equalsIgnoreCase("Content-Type"))
                .map(header -> header.getKey() + ": " + header.getValue())
                .toArray(String[]::new);
    }

    @Test
    void chat_eachDocumentedStatus_hasTheKindOfTheReference() throws IOException {
        assumeSamples();
        String body = Files.readString(FOLDER.resolve("32-error-status-examples.json"));
        try (Bench bench = new Bench()) {
            for (JsonObject example : JsonObject.parse("{\"all\":" + body + "}").objects("all")) {
                long status = example.count("status").orElseThrow();
                String message =
                        example.object("body").object("error").text("message").orElseThrow();
                bench.answer((int) status, "{\"error\":{\"code\":" + status + ",\"message\":\"" + message + "\"}}");
                ObservedFields observed = call(bench, "32-");

                observed.check("kind = " + KINDS.get(status));
                observed.check("status = " + status);
            }
            assertEquals(KINDS.size(), bench.server.requests().size());
        }
    }
}
