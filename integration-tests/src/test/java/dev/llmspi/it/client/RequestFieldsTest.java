package dev.llmspi.it.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.it.faults.Mode;
import dev.llmspi.it.server.TestUpstream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests {@code request { omit, rename }} and {@code max-tokens-field} with each provider type, with and without
 * streaming.
 */
@Timeout(30)
class RequestFieldsTest {

    private static final String OMIT_AND_RENAME =
            "request { omit = [stream_options], rename { max_tokens = max_completion_tokens } }";
    private static final String NAMED = "max-tokens-field = max_completion_tokens, request { omit = [stream_options] }";
    private static final String BOTH = "max-tokens-field = max_completion_tokens, " + OMIT_AND_RENAME;
    private static final String PER_MODEL =
            "request { models { m { omit = [stream_options], rename { max_tokens = max_completion_tokens } } } }";

    @ParameterizedTest
    @CsvSource({
        "openai, CHAT",
        "openai, STREAM",
        "openrouter, CHAT",
        "openrouter, STREAM",
        "portkey, CHAT",
        "portkey, STREAM"
    })
    void request_omitAndRename_reachTheServer(String type, Mode mode) throws Exception {
        for (String rules : new String[] {OMIT_AND_RENAME, NAMED, BOTH, PER_MODEL}) {
            String body = sent(type, mode, rules);
            assertTrue(body.contains("\"max_completion_tokens\":100"), rules + ": " + body);
            assertFalse(body.contains("\"max_tokens\""), rules + ": " + body);
            assertFalse(body.contains("stream_options"), rules + ": " + body);
            assertEquals(mode == Mode.STREAM, body.contains("\"stream\":true"), body);
        }
    }

    private static String sent(String type, Mode mode, String rules) {
        try (TestUpstream server = TestUpstream.start()) {
            server.always(mode.answer("hello"));
            String block = "llm.providers.here { type = " + type + ", api-key = a-key, provider = openai, base-url = \""
                    + server.url("/v1") + "\", default-model = m, " + rules + " }, llm.chains.default = [here]";
            String text = type.equals("portkey") ? block : block.replace("provider = openai, ", "");
            try (LlmClient client = LlmClient.builder().text(text, "test").build()) {
                ChatRequest request =
                        ChatRequest.of("hi").toBuilder().maxOutputTokens(100).build();
                assertEquals(
                        "hello",
                        mode.call(client, request, CallOptions.none(), part -> {})
                                .text());
            }
            return server.lastRequest().body();
        }
    }
}
