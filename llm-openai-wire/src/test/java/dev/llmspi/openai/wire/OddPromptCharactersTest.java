package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.Message;
import dev.llmspi.api.error.LlmException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests prompts with unusual characters, such as noncharacters and lone surrogates, which a server repeats in part. */
class OddPromptCharactersTest {

    private static final long SEED = Long.getLong("llmspi.seed", 14);

    private static final List<String> PARTS = List.of(
            "Explain this regular expression: [a-z",
            "mar1gold of the garden",
            "rare",
            " ",
            "]",
            "\\uffff",
            "\\\\uffff",
            "&#65535;",
            "%uffff",
            "%EF%BF%BF",
            "\uFFFF",
            "\uFFFE",
            "\u0000",
            "\\u0000",
            "\u0001",
            "\uD800",
            "\uDC00",
            "\\ud83d",
            "\uD83D\uDE00",
            "\uFFFD",
            "??",
            "\u00EF\u00BF\u00BF");

    @ParameterizedTest
    @ValueSource(strings = {"\\uffff", "\uFFFF", "&#xffff;", "\u0000", "\uD800"})
    void error_repeatsThePromptUpToAnOddCharacter_isClassifiedAndDoesNotShowIt(String odd) throws Exception {
        String begin = "Explain this regular expression: [a-z";
        ChatRequest request =
                ChatRequest.builder().model("m").user(begin + odd + "]").build();
        for (String end : List.of("", odd, odd + "]", "\uFFFF")) {
            String said = "cannot parse \"" + begin + end + "\"";
            assertFalse(PromptRedaction.echoed(said, request.messages(), null, Cancellation.create())
                    .isEmpty());
            String json = JsonWriter.text(said);
            for (String body : List.of(said, "{\"error\":{\"message\":" + json + "}}", "{\"error\":" + json + "}")) {
                try (Bench bench = new Bench()) {
                    bench.answer(400, body);
                    LlmException error = bench.failure(request);
                    assertFalse(error.getMessage().contains("regular"), error.getMessage());
                    assertTrue(error.getMessage().contains("cannot parse"), error.getMessage());
                }
            }
        }
    }

    @Test
    void search_randomTextsOfOddCharacters_neverThrows() {
        Random random = new Random(SEED);
        for (int i = 0; i < 3_000; i++) {
            String prompt = text(random);
            String said = random.nextBoolean() ? text(random) : cut(prompt, random) + "\uFFFF" + cut(prompt, random);
            assertDoesNotThrow(
                    () -> PromptRedaction.echoed(said, List.of(Message.user(prompt)), null, Cancellation.create()),
                    () -> JsonWriter.text(prompt) + " in " + JsonWriter.text(said));
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder("x");
        for (int parts = random.nextInt(12); parts > 0; parts--) {
            text.append(PARTS.get(random.nextInt(PARTS.size())));
        }
        return text.toString();
    }

    private static String cut(String text, Random random) {
        int begin = random.nextInt(text.length());
        return text.substring(begin, begin + random.nextInt(text.length() - begin) + 1);
    }
}
