package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.Message;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.spi.Secret;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that redaction hides keys and prompts and keeps the cause of an error readable. */
class RedactionTest {

    private static final String ID = "call_abc123def456ghi789jklmno";

    private static Redactor text(String key, Message... messages) {
        return new Redactor(List.of(Secret.of(key)), List.of(), List.of(messages));
    }

    private static Message called(String id, Map<String, String> fields) {
        return AssistantMessage.builder()
                .toolCalls(List.of(new ToolCall(id, "get_weather", "{}", true, fields)))
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        "'to', 'too many tokens to take', 'too many tokens *** take'",
        "'ollama', 'no model ollama/llama3', 'no model ollama/llama3'",
        "'ollama', 'https://host/v1?key=ollama&x=1', 'https://host/v1?key=***&x=1'",
        "'ollama', '密钥ollama无效', '密钥***无效'",
        "'a=b;c', 'key a=b;c, but tera=b;cd', 'key ***, but tera=b;cd'",
        "'=', 'max=5 and a = 5', 'max=5 and a *** 5'",
        "'-', 'a-b is wrong', 'a-b is wrong'"
    })
    void shortKey_anyCharacters_hiddenAsAWholeWord(String key, String said, String shown) {
        assertEquals(shown, text(key).shown(said));
    }

    /** Users of servers without keys configure placeholders, which may be common words of error messages. */
    @ParameterizedTest
    @CsvSource({
        "no-key-required, 'messages: field required'",
        "tool_call_key_1, 'Duplicate value for tool_call_id'",
        "sk-5f2c61d09be47a, 'skipping...'",
        "ca-5f2c61d09be47a, 'No tool call found for call_id call_...'"
    })
    void longKey_wordsThatLookLikeIt_stay(String key, String said) {
        assertEquals(said, text(key).shown(said));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sk-5f2c61d09be47a",
                "sk-...",
                "sk-5f***",
                "sk-5****7a",
                "sk**************e47a.",
                "****e47a",
                "61d09b",
                "key/sk-5…"
            })
    void longKey_whatServersShowOfIt_isHidden(String said) {
        assertEquals("bad key <***>", text("sk-5f2c61d09be47a").shown("bad key <" + said + ">"));
    }

    @Test
    void longKey_lettersInBothCases_pieceIsHidden() {
        assertEquals("bad key ***", text("sk-AsDfQwErTyUi").shown("bad key QwErTy"));
    }

    @Test
    void toolCallId_looksLikeAPieceOfTheKey_stays() {
        String said = "No tool call found for function call output with call_id " + ID + ".";

        assertEquals(said, text("sk-test-abc123def456", called(ID, Map.of())).shown(said));
        assertEquals("not call_abc123...", text("sk-test-abc123def456").shown("not call_abc123..."));
        assertEquals("not toolu_01A09q90qw", text("sk-01A09q90qw90lq").shown("not toolu_01A09q90qw"));
    }

    @Test
    void toolCallId_aToolRepeatedIt_stays() {
        String said = "Duplicate value for 'tool_call_id' of " + ID + " in message[3]";
        Message result = Message.tool(ID, "{\"tool_call_id\":\"" + ID + "\",\"sky\":\"the sky is zebra quartz blue\"}");
        Message call = called(ID, Map.of("extra", "{\"type\":\"function\",\"call_id\":\"" + ID + "\"}"));
        Redactor text = text("sk-5f2c61d09be47a", call, result);

        assertEquals(said, text.shown(said));
        assertEquals("bad <[prompt]>", text.shown("bad <" + result.text() + ">"));
        assertEquals("no function " + ID, text.shown("no function " + ID));
    }

    @Test
    void toolCallId_ofTheRequest_staysWhateverItsForm() {
        Redactor text = text("sk-test-Ab3dE6gH9-abcd", called("Ab3dE6gH9", Map.of()), Message.user("Ab3dE6gH9 zebra"));

        assertEquals("no call ***", text.shown("no call Ab3dE6gH9")); // hidden, because it is a piece of the key
        assertEquals(
                "no call Ab3dE6gH9",
                text("sk-5f2c61d09be47a", called("Ab3dE6gH9", Map.of()), Message.user("Ab3dE6gH9"))
                        .shown("no call Ab3dE6gH9"));
    }

    @Test
    void toolCallId_thatIsTheKey_isHidden() {
        assertEquals("no ***", text("call_5f2c61d09be47a").shown("no call_5f2c61d09be47a"));
        assertEquals("no ***", text("call_5f2c61d09be47a").shown("no call_5f2c61d0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"not found", "temperature", "Continue.", "application/json", "tool_call_id"})
    void shortPrompt_onlyWordsOfErrors_stay(String prompt) {
        String said = "HTTP 404: " + prompt + " (" + prompt + ")";

        assertEquals(said, text("sk-5f2c61d09be47a", Message.user(prompt)).shown(said));
        assertEquals(said, new Redactor(List.of(), List.of(prompt), List.of()).shown(said));
    }

    @ParameterizedTest
    @ValueSource(strings = {"zebra quartz", "token 77", "my not found lantern", "not found found not found found"})
    void prompt_otherWords_areHidden(String prompt) {
        assertEquals("HTTP 404: [prompt]!", text("k", Message.user(prompt)).shown("HTTP 404: " + prompt + "!"));
    }

    /** The words of an error stay readable if the conversation contains them in shorter pieces. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 29000. Try again in 6.2s.",
                "This model's maximum context length is 8192 tokens; your messages resulted in 9001 tokens.",
                "Invalid schema for function 'get_weather': 'properties' has no member 'city'.",
                "500 Internal Server Error: upstream connect error or disconnect/reset before headers"
            })
    void error_itsWordsAreInTheConversation_stays(String said) {
        Message[] words = said.replaceAll("[.;:]", " ")
                .lines()
                .flatMap(line -> Arrays.stream(line.split(" ")))
                .map(word -> Message.user("Tell me about " + word + " and why it is so, in two words."))
                .toArray(Message[]::new);

        assertEquals(said, text("sk-5f2c61d09be47a", words).shown(said));
    }

    @Test
    void longPrompt_repeatedInEachForm_noLineIsShown() {
        String prompt =
                "Dear all,\nwe meet at\nthe yellow lantern\non the 14th\nat ten past nine.\nBring the marigold,\n"
                        + "two copper pans\nand 1234 5678 9012\nto room 7.\nYours, Zoé\n";
        Redactor text = text("sk-5f2c61d09be47a", Message.user(prompt.repeat(3)));
        for (PromptEncoding encoding : PromptEncoding.values()) {
            String shown = text.shown("cannot take <" + encoding.of(prompt) + "> here");
            String plain = shown.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
            for (String line : prompt.toLowerCase(Locale.ROOT).split("\n")) {
                String letters = line.replaceAll("[^a-z0-9]", "");
                assertTrue(!plain.contains(letters) || letters.length() < 7, () -> encoding + ": " + shown);
            }
            assertTrue(shown.startsWith("cannot take <") && shown.endsWith("> here"), () -> encoding + ": " + shown);
        }
    }

    @Test
    void metadata_keyOfAnyLength_isHidden() {
        ChatResponse.Builder answer = ChatResponse.builder(AssistantMessage.of("hi"))
                .metadata("a", "no secret12 here")
                .metadata("b", List.of("trace=secret12"))
                .metadata("c", "secret12-large/secret12");
        ChatResponse shown = text("secret12").built(answer);

        assertEquals("no *** here", shown.metadata().get("a"));
        assertEquals(List.of("trace=***"), shown.metadata().get("b"));
        assertEquals("secret12-large/secret12", shown.metadata().get("c"));
    }

    @ParameterizedTest
    @CsvSource({
        "X-Api-Key, s3cr3t, '***'",
        "X-Gateway-Token, Bearer s3cr3t, '***'",
        "X-Max-Tokens, s3cr3t, 's3cr3t'",
        "X-Feature, streaming, 's3cr3t'"
    })
    void header_namedAsAKey_isHiddenHoweverShort(String name, String value, String shown) throws Exception {
        try (Bench bench = new Bench("headers", Map.of(name, value))) {
            String message = bench.failure(400, "{\"error\":{\"message\":\"no streaming with s3cr3t\"}}")
                    .getMessage();
            assertTrue(message.contains("no streaming with " + shown), message);
        }
    }
}
