package dev.llmspi.provider.portkey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ModelCatalog;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.openai.wire.JsonObject;
import dev.llmspi.testkit.FakeReply;
import dev.llmspi.testkit.bench.ObservedFields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Replays recorded HTTP samples, which are not part of this repository. The sample index lists the expected
 * error kind, retry and fallback. The table below contains all other expected fields.
 */
class SampleReplayTest {

    private static final Path FOLDER = Path.of(Optional.ofNullable(System.getenv("LLMSPI_SHARED"))
                    .orElse(System.getProperty("llmspi.shared", "../../shared")))
            .resolve("reference/samples/portkey");
    private static final Set<String> NOT_REPLAYED = Set.of("connection", "date", "content-length", "transfer-encoding");

    /** The samples, one per line. A line contains the file name and the expected fields. */
    private static final Map<String, String> EXPECTED = table("""
            models-list | first model = m-a
            chat-ok | text = Hello from stub | finish = STOP | input = 9 | output = 4 | total = 13
            chat-ok | upstream_provider = openai | trace_id = - | cache_status = DISABLED
            chat-tool-calls | tools ~ get_weather {"city":"Paris"} | finish = TOOL_CALLS | text = ""
            chat-tool-calls | upstream_provider = openai
            chat-trace-id | text = Hello from stub | finish = STOP | upstream_provider = openai | trace_id = trace-1
            ok-246-guardrail-flagged | text = Hello from stub | finish = STOP | upstream_provider = openai | guardrails
            retry-succeeded | text = Hello from stub | finish = STOP | upstream_provider = openai | gateway_retries = 1
            fallback-second-target | text = Hello from stub | finish = STOP | upstream_provider = openai
            fallback-second-target | option_index = config.targets[1]
            stream-ok | text = Hello from stub | finish = STOP | upstream_provider = openai | total = -
            stream-usage | text = Hello from stub | finish = STOP | upstream_provider = openai | total = 13
            stream-tool-calls | tools ~ {"city":"Paris"} | finish = TOOL_CALLS
            stream-comments | reason = TRUNCATED | partial = A
            error-400-context-length | reason = CONTEXT_LENGTH | code = context_length_exceeded
            error-400-invalid-param | message ~ openai error: bad temp
            error-402-credits | code = 402
            error-404-model | code = model_not_found
            error-400-config-schema | reason = PROVIDER_SETTINGS | message ~ Invalid 'mode' value
            error-446-input-guardrail | reason = CONTENT_FILTERED | message ~ g1/default.contains
            error-446-input-guardrail | message !~ forbiddenword
            error-502-html | message ~ 502 Bad Gateway
            error-500-connection-refused | message ~ ECONNREFUSED
            documented-403-scope-ab03 | code = AB03
            documented-401-portkey-key | message ~ Portkey Error: Invalid API Key
            """);

    private static Map<String, String> table(String rows) {
        return rows.lines()
                .map(row -> row.split(" \\| ", 2))
                .collect(Collectors.toMap(row -> row[0] + ".json", row -> row[1], (one, more) -> one + " | " + more));
    }

    /** A row in the index of the samples. */
    record Sample(String file, String outcome, String retry, String fallback) {

        boolean isError() {
            return !outcome.startsWith("success");
        }

        /** Returns the fields that the index expects for an error, including the HTTP status of the reply. */
        List<String> expectedError(int status) {
            String kind = outcome.split(" ", 2)[0].replaceAll("(?<=[a-z])(?=[A-Z])", "_");
            List<String> expected = new ArrayList<>(List.of(
                    "kind = " + kind.toUpperCase(Locale.ROOT),
                    "status = " + status,
                    "retry = " + retry.startsWith("yes"),
                    "fallback = " + fallback.startsWith("yes")));
            if (retry.startsWith("yes, after ")) {
                expected.add("wait = PT" + retry.split(" ")[2] + "S");
            }
            return expected;
        }

        @Override
        public String toString() {
            return file;
        }
    }

    static Stream<Sample> samples() throws IOException {
        if (!Files.isDirectory(FOLDER)) {
            return Stream.of(new Sample("none", "", "", ""));
        }
        return Files.readString(FOLDER.resolve("INDEX.md"))
                .lines()
                .filter(line -> line.startsWith("| ") && line.contains(".json |"))
                .map(line -> line.split("\\|", -1))
                .map(cells -> new Sample(cells[1].strip(), cells[4].strip(), cells[5].strip(), cells[6].strip()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("samples")
    void replay_sample_hasTheExpectedFields(Sample sample) throws IOException {
        assumeFalse(sample.file().equals("none"), () -> "no samples in " + FOLDER + "; set LLMSPI_SHARED");
        assumeFalse(sample.file().startsWith("embeddings"), "there is no API for embeddings");
        JsonObject response = JsonObject.parse(Files.readString(FOLDER.resolve(sample.file())))
                .object("response");
        int status = (int) response.count("status").orElseThrow();
        try (Bench bench = new Bench()) {
            bench.answer(FakeReply.of(status, "", String.valueOf(response.value("body")), headers(response)));
            ObservedFields observed = call(bench, sample.file());

            String row = EXPECTED.get(sample.file());
            assertNotNull(sample.isError() ? "" : row, "the table must have a row for each success");
            Stream.ofNullable(row)
                    .flatMap(cells -> Stream.of(cells.split(" \\| ")))
                    .forEach(observed::check);
            if (sample.isError()) {
                sample.expectedError(status).forEach(observed::check);
            }
            assertEquals(1, bench.server.requests().size());
        }
    }

    private static ObservedFields call(Bench bench, String file) {
        ChatRequest request =
                ChatRequest.of("say forbiddenword").toBuilder().model("ok").build();
        CallContext context = CallContext.create();
        try {
            if (file.startsWith("models-")) {
                ModelCatalog catalog = bench.provider.as(ModelCatalog.class).orElseThrow();
                return new ObservedFields(
                        Map.of("first model", catalog.models(context).get(0).id()));
            }
            return file.startsWith("stream-")
                    ? ObservedFields.of(bench.provider.stream(request, context))
                    : ObservedFields.of(bench.provider.chat(request, context));
        } catch (LlmException e) {
            return ObservedFields.of(e);
        }
    }

    private static String[] headers(JsonObject response) {
        List<String> headers = new ArrayList<>();
        for (Object pair : response.list("headers")) {
            List<?> header = (List<?>) pair;
            if (!NOT_REPLAYED.contains(header.get(0).toString().toLowerCase(Locale.ROOT))) {
                headers.add(header.get(0) + ": " + header.get(1));
            }
        }
        return headers.toArray(String[]::new);
    }
}
