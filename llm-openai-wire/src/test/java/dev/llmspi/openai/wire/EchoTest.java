package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.AudioPart;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.FilePart;
import dev.llmspi.api.ImagePart;
import dev.llmspi.api.Message;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.UserMessage;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests servers that echo parts of a conversation other than its text. */
class EchoTest {

    private static final String IMAGE = "https://files.example/mar1gold/image.png?signature=mar1goldsignature";
    private static final String FILE = "https://files.example/mar1gold/report";
    private static final String NAME = "mar1gold-report.pdf";
    private static final String THOUGHT = "The user seems to plan mar1gold things";
    private static final String DETAIL = "details of mar1gold thought, said by the model";
    private static final String FIELD = "what mar1gold said to another server";
    private static final String CALL_FIELD = "c2lnbmF0dXJlIG9mIG1hcjFnb2xk-mar1gold==";
    private static final byte[] SOUND = bytes(60_000);

    private static final ChatRequest REQUEST = ChatRequest.builder()
            .model("m")
            .message(UserMessage.of(
                    new TextPart("x"),
                    ImagePart.of(URI.create(IMAGE)),
                    ImagePart.of(SOUND, "image/png"),
                    FilePart.of(NAME, URI.create(FILE)),
                    AudioPart.of(SOUND, "wav")))
            .message(AssistantMessage.builder()
                    .toolCalls(List.of(new ToolCall(
                            "c1",
                            "f",
                            "{}",
                            true,
                            Map.of("extra_content", "{\"google\":" + JsonWriter.text(CALL_FIELD) + "}"))))
                    .providerFields(Map.of("reasoning_content", "[{\"a\\nb\":" + JsonWriter.text(FIELD) + "}]"))
                    .reasoning(THOUGHT)
                    .reasoningDetails(List.of(Map.of("type", "reasoning.text", "text", DETAIL)))
                    .build())
            .message(Message.tool("c1", "42"))
            .build();

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private static String shown(String said) throws Exception {
        try (Bench bench = new Bench()) {
            bench.answer(400, "{\"error\":{\"message\":" + JsonWriter.text("cannot take <" + said + "> here") + "}}");
            return bench.failure(REQUEST).getMessage();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                IMAGE,
                FILE,
                NAME,
                THOUGHT,
                DETAIL,
                FIELD,
                CALL_FIELD,
                "…mar1gold/image.png?signature=mar1goldsignature"
            })
    void error_repeatsThem_notShown(String said) throws Exception {
        String shown = shown(said);

        assertFalse(shown.contains("mar1gold"), shown);
        assertTrue(shown.contains("[prompt]") && shown.contains("here"), shown);
    }

    /** Servers without keys are configured with a key such as {@code none}, whose letters also occur in other words. */
    @ParameterizedTest
    @CsvSource({
        "to, 'too many tokens to take', 'too many tokens *** take'",
        "ollama, 'ollama: bad key ollama', '***: bad key ***'",
        "ollama, 'there is no key ollama.', 'there is no key ***'",
        "ollama, 'ollama3 is not there', 'ollama3 is not there'",
        "secret12, 'xsecret12y is wrong', 'x***y is wrong'"
    })
    void error_repeatsAShortKey_asAWholeWord(String key, String said, String shown) throws Exception {
        try (Bench bench = new Bench("api-key", key)) {
            String message = bench.failure(401, "{\"error\":{\"message\":\"" + said + "\"}}")
                    .getMessage();
            assertTrue(message.contains(shown), message);
        }
    }

    @Test
    void error_repeatsALargeField_itsBeginningIsNotShown() throws Exception {
        String large = "mar1gold ".repeat(100_000);
        ChatRequest request = Bench.HELLO.toBuilder()
                .message(AssistantMessage.builder()
                        .text("a")
                        .providerFields(Map.of("x", JsonWriter.text(large)))
                        .build())
                .build();
        try (Bench bench = new Bench()) {
            bench.answer(
                    400, "{\"error\":{\"message\":" + JsonWriter.text("not <" + large.substring(0, 90) + ">") + "}}");
            String shown = bench.failure(request).getMessage();
            assertFalse(shown.contains("mar1gold"), shown);
        }
    }

    @Test
    void error_repeatsSound_notShown() throws Exception {
        String base64 = AudioPart.of(SOUND, "wav").base64();

        assertEquals(
                shown("").length() + "[prompt]".length(),
                shown(base64.substring(0, 900)).length());
        assertTrue(shown(base64.substring(0, 20_000)).contains("cannot take <[prompt] ("));
    }

    @Test
    void error_repeatsADataUri_notShownWhereverItIsFrom() throws Exception {
        String uri = ImagePart.of(SOUND, "image/png").url();
        String middle = "data:image/png;base64," + uri.substring(50_000, 51_500);

        for (String said : List.of(uri.substring(0, 1500), middle)) {
            String shown = shown(said);
            assertTrue(shown.contains("cannot take <[data]> here"), shown);
        }
    }
}
