package dev.llmspi.openai.wire.error;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.openai.wire.JsonTexts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests finding JSON that gateways quote in a message, in every known notation. */
class EmbeddedJsonTest {

    private static EmbeddedJson of(String text) {
        return EmbeddedJson.of(text, JsonTexts.READER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "upstream said: {\"error\": {\"code\": \"c\"}} (retried)",
                "upstream said: {\\\"error\\\": {\\\"code\\\": \\\"c\\\"}} (retried)",
                "upstream said: b'{\\n  \"error\": {\\n \"code\": \"c\"}\\n}' (retried)",
                "upstream said: {'error': {'code': 'c'}} (retried)",
            })
    void of_anySpelling_isParsed(String text) {
        EmbeddedJson embedded = of(text);

        assertEquals(List.of(Map.of("error", Map.of("code", "c"))), embedded.values());
        assertEquals(true, embedded.words().startsWith("upstream said:"));
        assertEquals(true, embedded.words().endsWith("(retried)"));
    }

    @Test
    void of_pythonLiteralsAndQuotes_areParsed() {
        assertEquals(
                List.of(Map.of("a", "it's \"x\"", "b", true, "c", "y")),
                of("{'a': 'it\\'s \"x\"', 'b': True, 'c': \"y\"}").values());
    }

    @Test
    void of_listOfObjects_isParsed() {
        assertEquals(
                List.of(List.of(Map.of("a", 1))), of("errors: [{\"a\": 1}]").values());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain words",
                "a set {x} and a list [1]",
                "cut off: {\"error\": {\"code\": \"c",
                "{",
                "[{",
                "\\",
                "{\\",
                "{'",
                "[1, 2] {a: b}"
            })
    void text_withoutWholeJson_staysWords(String text) {
        assertEquals(List.of(), of(text).values());
        assertEquals(text, of(text).words());
    }
}
