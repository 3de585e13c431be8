package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests assembling reasoning details from fragments. */
class ReasoningFragmentsTest {

    private final ReasoningFragments fragments = new ReasoningFragments();

    /** Adds a fragment with the given members, written as pairs of a name and a value. A value may be null. */
    private ReasoningFragmentsTest add(Object... members) {
        Map<String, Object> fragment = new HashMap<>();
        for (int i = 0; i < members.length; i += 2) {
            fragment.put((String) members[i], members[i + 1]);
        }
        fragments.add(fragment);
        return this;
    }

    @Test
    void add_sameIndexAndType_isOneDetail() {
        add("index", 0, "type", "t", "text", "a").add("index", 0, "type", "t", "text", "b");
        add("index", 1, "type", "t", "text", "c").add("index", 0, "type", "u", "text", "d");
        assertEquals(
                List.of(
                        Map.of("index", 0, "type", "t", "text", "ab"),
                        Map.of("index", 1, "type", "t", "text", "c"),
                        Map.of("index", 0, "type", "u", "text", "d")),
                fragments.whole());
    }

    @Test
    void add_withoutIndex_anotherIdIsAnotherDetail() {
        add("type", "t", "text", "a").add("type", "t", "id", "1", "text", "b");
        add("type", "t", "id", "1", "text", "c").add("type", "t", "text", "d");
        add("type", "t", "id", "2", "text", "e");
        assertEquals(
                List.of(Map.of("type", "t", "id", "1", "text", "abcd"), Map.of("type", "t", "id", "2", "text", "e")),
                fragments.whole());
    }

    @Test
    void add_sameIndexWithAnotherId_isOneDetail() {
        add("index", 0, "id", "1", "text", "a").add("index", 0, "id", "2", "text", "b");
        assertEquals(List.of(Map.of("index", 0, "id", "1", "text", "ab")), fragments.whole());
    }

    @Test
    void add_encryptedDataWithoutIndex_isADetailOfItsOwn() {
        add("type", "e", "data", "x").add("type", "e", "data", "y");
        assertEquals(2, fragments.whole().size());
        add("index", 7, "type", "e", "data", "p").add("index", 7, "type", "e", "data", "q");
        assertEquals(
                Map.of("index", 7, "type", "e", "data", "pq"), fragments.whole().get(2));
    }

    @Test
    void add_otherMember_keepsTheFirstValueUnlessEmpty() {
        add("index", 0, "signature", "", "format", "f", "n", null, "summary", "s");
        add("index", 0, "signature", "sig", "format", "g", "n", 1, "summary", "t");
        add("index", 0, "signature", "other", "format", null);
        assertEquals(
                List.of(Map.of("index", 0, "signature", "sig", "format", "f", "n", 1, "summary", "st")),
                fragments.whole());
    }

    @Test
    void add_textThatIsNotAString_isKept() {
        add("index", 0, "text", 5);
        assertEquals(List.of(Map.of("index", 0, "text", 5)), fragments.whole());
    }

    @Test
    void textOf_isTheTextOrElseTheSummary() {
        assertEquals("a", ReasoningFragments.textOf(Map.of("text", "a", "summary", "b")));
        assertEquals("b", ReasoningFragments.textOf(Map.of("summary", "b")));
        assertEquals("", ReasoningFragments.textOf(Map.of("data", "c")));
        assertEquals("", ReasoningFragments.textOf(Map.of("text", 1)));
    }

    @Test
    void add_signatureWithTheWholeText_isOneDetail() {
        add("type", "thinking", "thinking", "a").add("type", "thinking", "thinking", "b");
        add("type", "thinking", "thinking", "ab", "signature", "s");
        add("type", "thinking", "thinking", "ab", "signature", "s");
        add("type", "thinking", "thinking", "c").add("type", "thinking", "signature", "t");
        assertEquals(
                List.of(
                        Map.of("type", "thinking", "thinking", "ab", "signature", "s"),
                        Map.of("type", "thinking", "thinking", "c", "signature", "t")),
                fragments.whole());
    }
}
