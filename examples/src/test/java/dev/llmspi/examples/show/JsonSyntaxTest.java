package dev.llmspi.examples.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSyntaxTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                " {\n} \n",
                "{\"a\": [1, -0.5e+3, true, false, null, \"\\u00fc\\n\\\"\", {}, []], \"\": {\"b\": \"\u00fc\"}}"
            })
    void object_isAccepted(String text) {
        assertEquals(Optional.empty(), JsonSyntax.faultInObject(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]|line 1, column 1: { is missing",
                "``|line 1, column 1: { is missing",
                "{|line 1, column 2: a name in quotes is missing",
                "{\"a\" 1}|line 1, column 6: : is missing",
                "{\"a\":}|line 1, column 6: a value is missing",
                "{\"a\":01}|line 1, column 7: , or } is missing",
                "{\"a\":1,}|line 1, column 8: a name in quotes is missing",
                "{\"a\":[1,]}|line 1, column 9: a value is missing",
                "{\"a\":[1 2]}|line 1, column 9: , or ] is missing",
                "{\"a\":\"b|line 1, column 8: a text has no closing quote on its line",
                "{\"a\":\"\\x\"}|line 1, column 7: a wrong escape",
                "{'a':1}|line 1, column 2: a name in quotes is missing",
                "{} {}|line 1, column 4: text after the end"
            })
    void anythingElse_isRefusedWithItsPlace(String text, String fault) {
        assertEquals(Optional.of(fault), JsonSyntax.faultInObject(text));
    }

    @Test
    void fault_inALaterLine_isCountedFromThere() {
        assertEquals(Optional.of("line 2, column 8: a value is missing"), JsonSyntax.faultInObject("{\n  \"a\": }"));
    }

    @Test
    void longAndDeepTexts_needNoDeepStack() {
        String text = "\\n\u00fc".repeat(100_000);
        assertEquals(Optional.empty(), JsonSyntax.faultInObject("{\"a\":\"" + text + "\"}"));
        String deep = "{\"a\":" + "[".repeat(100_000);
        assertTrue(JsonSyntax.faultInObject(deep).orElse("").endsWith("too many levels"));
    }
}
