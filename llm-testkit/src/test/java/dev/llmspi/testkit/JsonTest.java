package dev.llmspi.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.testkit.wire.Json;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @Test
    void object_everyKindOfValue_isRead() {
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("a", 1);
        expected.put("b", 5_000_000_000L);
        expected.put("c", new BigDecimal("12345678901234567890"));
        expected.put("d", -0.25);
        expected.put("e", Arrays.asList(true, false, null, Map.of(), List.of()));
        expected.put("f", "\"\\/\b\f\n\r\t\u00e9\ud83d\ude00");
        expected.put("", 1e3);

        assertEquals(
                expected,
                Json.object(" {\"a\":1 , \"b\":5000000000,\"c\":12345678901234567890,\"d\":-0.25,"
                        + "\"e\":[true,false, null,{},[ ]],"
                        + "\"f\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\ude00\","
                        + "\"\":1e3}\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{}x",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{\"a\":[1,]}",
                "{\"a\":01}",
                "{\"a\":.5}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"\\u12",
                "{\"a\":tru}",
                "{a:1}",
                "{\"a\":\"b"
            })
    void object_notJson_isRejectedWithoutShowingIt(String text) {
        IllegalArgumentException error = assertThrows(IllegalArgumentException.class, () -> Json.object(text));

        assertEquals(
                true,
                error.getMessage().matches("not JSON: expected .{1,40} at character \\d+ of \\d+"),
                error::toString);
    }

    @Test
    void quoted_anyText_isReadBackUnchanged() {
        String text = "\"quotes\" \\ \n\r\t\u0001 \u00e9 \ud83d\ude00 </script>";

        assertEquals(Map.of("t", text), Json.object("{\"t\":" + Json.quoted(text) + "}"));
    }
}
