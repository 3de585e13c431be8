package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** How members without a name here are put together from the chunks of a stream. */
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
    void repeated_isOnce_andNothingIsLeftOut() {
        with("{'a':{'b':'s'}}").with("{'a':{'b':'s'}}").with("{'c':''}").with("{'d':[]}");
        assertEquals(Map.of("a", "{\"b\":\"s\"}"), members.texts());
    }

    @Test
    void objects_areJoinedMemberByMember() {
        with("{'a':{'google':{'thought_signature':'x'}}}").with("{'a':{'google':{'other':1.50},'more':null}}");
        with("{'a':{'google':{'thought_signature':''}}}");
        assertEquals("{'google':{'thought_signature':'x','other':1.50},'more':null}", text("a"));
    }

    @Test
    void lists_areJoinedElementByElement_unlessTheyGrow() {
        with("{'a':[1]}")
                .with("{'a':[2]}")
                .with("{'b':[1]}")
                .with("{'b':[1,2]}")
                .with("{'b':[1,2]}");
        assertEquals("[1,2]", text("a"));
        assertEquals("[1,2]", text("b"));
    }

    @Test
    void texts_areNeverJoined() {
        with("{'signature':'abc='}").with("{'signature':'def='}").with("{'signature':''}");
        assertEquals("'def='", text("signature"));
    }
}
