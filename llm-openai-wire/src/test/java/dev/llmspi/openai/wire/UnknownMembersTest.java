package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests assembling unknown members from the chunks of a stream. */
class UnknownMembersTest {

    private final UnknownMembers members = new UnknownMembers();

    private UnknownMembersTest with(String json) {
        JsonObject.parse(json.replace('\'', '"')).members().forEach(members::add);
        return this;
    }

    private String text(String name) {
        return members.texts().get(name).replace('"', '\'');
    }

    @Test
    void texts_repeatedAndEmptyValues_areKeptOnceOrDropped() {
        with("{'a':{'b':'s'}}").with("{'a':{'b':'s'}}").with("{'c':''}").with("{'d':[]}");
        assertEquals(Map.of("a", "{\"b\":\"s\"}"), members.texts());
    }

    @Test
    void add_objects_areMergedByMember() {
        with("{'a':{'google':{'thought_signature':'x'}}}").with("{'a':{'google':{'other':1.50},'more':null}}");
        with("{'a':{'google':{'thought_signature':''}}}");
        assertEquals("{'google':{'thought_signature':'x','other':1.50},'more':null}", text("a"));
    }

    @Test
    void add_lists_areAppendedUnlessCumulative() {
        with("{'a':[1]}")
                .with("{'a':[2]}")
                .with("{'b':[1]}")
                .with("{'b':[1,2]}")
                .with("{'b':[1,2]}");
        assertEquals("[1,2]", text("a"));
        assertEquals("[1,2]", text("b"));
    }

    @Test
    void add_signaturesAndIds_areNotConcatenated() {
        with("{'signature':'abc='}").with("{'signature':'def='}").with("{'signature':''}");
        assertEquals("'def='", text("signature"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"id", "item_id", "name", "type", "thought_signature", "signature", "opaque", "encrypted_content"
            })
    void add_textThatIsNeverSplit_isReplaced(String name) {
        with("{'" + name + "':'abc='}").with("{'" + name + "':'def='}");
        assertEquals("'def='", text(name));
    }

    @Test
    void add_textInFragments_isConcatenated() {
        with("{'transcript':'one '}").with("{'transcript':'two '}").with("{'transcript':'three'}");
        assertEquals("'one two three'", text("transcript"));
    }

    @Test
    void add_repeatedText_isIgnored() {
        with("{'transcript':'one '}").with("{'transcript':'two'}").with("{'transcript':'one two'}");
        assertEquals("'one two'", text("transcript"));
    }

    @Test
    void add_nestedNull_isKeptAndRemovesNothing() {
        with("{'a':{'n':null}}").with("{'a':{'n':1,'m':null}}").with("{'a':{'n':null}}");
        assertEquals("{'n':1,'m':null}", text("a"));
        with("{'b':{'deep':[{'n':null}]}}");
        assertEquals("{'deep':[{'n':null}]}", text("b"));
    }

    @Test
    void texts_emptyReasoning_isKeptUnlikeOtherEmptyTexts() {
        with("{'reasoning_content':''}").with("{'note':''}");
        assertEquals(Map.of("reasoning_content", "\"\""), members.texts());
    }

    @Test
    void add_moreNamesThanAllowed_areNotKept() {
        for (int i = 0; i < 64; i++) {
            assertTrue(members.add("m" + i, "v"));
            assertFalse(members.add("m" + i, "v"), "the same again");
        }
        assertFalse(members.add("one more", "v"));
        assertTrue(members.add("m0", "w"));
        assertEquals(64, members.texts().size());
    }
}
