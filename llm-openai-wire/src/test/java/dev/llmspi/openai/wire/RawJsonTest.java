package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RawJsonTest {

    @Test
    void members_anyObject_asTheyStand() {
        assertEquals(Map.of(), RawJson.members("{ }"));
        assertEquals(Map.of(), RawJson.members("[1]"));
        assertEquals(Map.of(), RawJson.members("{\"a\":1"));
        assertEquals(
                Map.of("a\"b", "{ \"c\" : [1,2] }", "d", "\"x,}\\\\\"", "", "-1.50e+3"),
                RawJson.members(" { \"a\\\"b\" : { \"c\" : [1,2] } ,\"d\":\"x,}\\\\\"\n, \"\":-1.50e+3} "));
        assertEquals(Map.of("a", "2"), RawJson.members("{\"a\":1,\"\\u0061\":2}"));
    }

    @Test
    void elements_anyList_asTheyStand() {
        assertEquals(List.of(), RawJson.elements("[ ]"));
        assertEquals(List.of(), RawJson.elements("{}"));
        assertEquals(List.of("1", "\",\"", "[ [], {} ]", "null"), RawJson.elements("[1 , \",\",[ [], {} ],null]"));
    }

    @Test
    void isValue_deepAndLong() {
        assertTrue(RawJson.isValue("[".repeat(1000) + "]".repeat(1000)));
        assertFalse(RawJson.isValue("[".repeat(100_000) + "]".repeat(100_000)));
        assertTrue(RawJson.isValue("\"" + "x".repeat(30_000_000) + "\""));
        assertTrue(RawJson.isValue("1".repeat(5_000)));
    }

    @Test
    void texts_ofValuesOnly() {
        List<String> texts = new ArrayList<>();
        RawJson.forEachText("{\"name\":[\"a\\n\",1,{\"b\":\"c\"}]}", texts::add);
        assertEquals(List.of("a\n", "c"), texts);
        texts.clear();
        RawJson.forEachText("no JSON", texts::add);
        assertEquals(List.of("no JSON"), texts);
    }

    @Test
    void anyPieces_areFoundAgain() {
        long seed = Long.getLong("llmspi.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            Map<String, String> members = new LinkedHashMap<>();
            List<String> elements = new ArrayList<>();
            StringBuilder object = new StringBuilder("{");
            for (int j = random.nextInt(5); j > 0; j--) {
                String name = text(random) + j;
                String value = value(random, 3);
                members.put(name, value);
                elements.add(value);
                object.append(object.length() > 1 ? " ," : "")
                        .append(JsonWriter.text(name))
                        .append(random.nextBoolean() ? " :\n" : ":")
                        .append(value);
            }
            String which = "llmspi.seed=" + seed + ", case " + i;

            assertEquals(members, RawJson.members(object + "}"), which);
            assertEquals(elements, RawJson.elements("[" + String.join("\t,", elements) + " ]"), which);
        }
    }

    private static String text(Random random) {
        String[] pieces = {"a", "\"", "\\", ",", "}", "]", "{", "[", ":", "\n", "é", "\ud83d\ude00"};
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(pieces[random.nextInt(pieces.length)]);
        }
        return text.toString();
    }

    private static String value(Random random, int depth) {
        List<String> inner = new ArrayList<>();
        for (int i = depth == 0 ? 0 : random.nextInt(3); i > 0; i--) {
            inner.add(value(random, depth - 1));
        }
        return switch (random.nextInt(4)) {
            case 0 -> JsonWriter.text(text(random));
            case 1 -> "-1.50e+3";
            case 2 -> "[ " + String.join(", ", inner) + "]";
            default -> inner.isEmpty() ? "{ }" : "{" + JsonWriter.text(text(random)) + " : " + inner.get(0) + "}";
        };
    }
}
