package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.Message;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests errors that a keyword search would classify wrongly. They are listed in misleading-words.txt, which describes
 * its format.
 */
class MisleadingWordsTest {

    private static final ErrorMapper ERRORS = new ErrorMapper(new OpenAiDialect() {}, TimeSource.system());

    static Stream<String> lines() throws Exception {
        try (InputStream file = MisleadingWordsTest.class.getResourceAsStream("misleading-words.txt")) {
            String text = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().filter(line -> !line.startsWith("#"));
        }
    }

    private static LlmException judged(int status, String said) {
        String text = said.startsWith("{") ? said : "{\"error\":{\"message\":" + JsonWriter.text(said) + "}}";
        WireCall scope = new WireCall("p", "m", CallContext.create(), List.of(Message.user("hi")));
        ErrorBody body = ErrorBody.of(text.getBytes(StandardCharsets.UTF_8), JsonReader.STANDARD);
        WireReply reply = new WireReply(status, name -> List.of(), body.body());
        return ERRORS.map(reply, body, scope, new Redactor(List.of(), List.of(), scope.messages()));
    }

    private static boolean isRight(String expected, LlmException error) {
        String kind = error.kind().name();
        ErrorReason reason = error.reason().orElse(null);
        return reason == ErrorReason.CONTENT_FILTERED || expected.contains(" ")
                ? expected.equals(kind + " " + reason)
                : expected.equals(kind);
    }

    @ParameterizedTest
    @MethodSource("lines")
    void map_misleadingWords_expectedKind(String line) {
        String[] parts = line.split(" ; ", 3);
        LlmException error = judged(Integer.parseInt(parts[0]), parts[2]);
        assertTrue(
                Arrays.stream(parts[1].split(" \\| ")).anyMatch(expected -> isRight(expected, error)),
                () -> error.kind() + " " + error.reason());
    }
}
