package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.ChatStreamEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests arguments that a server repeats, reformats or sends cumulatively. The emitted fragments must add up to the
 * arguments.
 */
class ToolArgumentsTest {

    private static final String DELIMITER = "\\|";

    private final ToolCallAssembler calls = new ToolCallAssembler(JsonReader.STANDARD, Set.of());
    private final Queue<ChatStreamEvent> events = new ArrayDeque<>();

    private void add(@Nullable String id, @Nullable String name, String arguments) throws Exception {
        calls.add(new Chunk.ToolFragment(0, 0, id, name, arguments.replace('\'', '"'), Map.of()), events);
    }

    /** Returns each call as {@code id arguments}, and checks that its fragments add up to its arguments. */
    private List<String> whole() throws Exception {
        calls.complete(events);
        List<StringBuilder> joined = new ArrayList<>();
        for (ChatStreamEvent event : events) {
            if (event instanceof ChatStreamEvent.ToolCallDelta delta) {
                while (joined.size() <= delta.index()) {
                    joined.add(new StringBuilder());
                }
                joined.get(delta.index()).append(delta.argumentsFragment());
            }
        }
        List<String> whole = new ArrayList<>();
        for (int i = 0; i < calls.whole().size(); i++) {
            String arguments = calls.whole().get(i).arguments();
            assertEquals(arguments, joined.get(i).toString());
            whole.add(calls.whole().get(i).id() + " " + arguments.replace('"', '\''));
        }
        return whole;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                // cumulative fragments
                "{'a'|{'a':1|{'a':1} ; {'a':1}",
                "{'a':1|{'a':1,'b'|{'a':1,'b':2} ; {'a':1,'b':2}",
                "{'a'|{'a':|{'a':1} ; {'a':1}",
                "{'a':'x|{'a':'xy|{'a':'xyz'} ; {'a':'xyz'}",
                "{'a'|{'a':1}|{'a':1} ; {'a':1}",
                // a nested object that equals the beginning
                "{'a':|{'a':1}} ; {'a':{'a':1}}",
                "{'a':|{'a':1}|} ; {'a':{'a':1}}",
                "{'a':[|{'a':[1]}]} ; {'a':[{'a':[1]}]}",
                "{'a':1,'b':|{'a':1,'b':2}} ; {'a':1,'b':{'a':1,'b':2}}",
                // an additional opening brace
                "{|{'a':1} ; {'a':1}",
                "{|{|'a':1} ; {'a':1}",
                // empty values
                "{}|{} ; {}"
            })
    void pieces_areOneCall(String pieces, String expected) throws Exception {
        String name = "f";
        for (String piece : pieces.split(DELIMITER)) {
            add(name == null ? null : "c", name, piece);
            name = null;
        }
        assertEquals(List.of("c " + expected), whole());
    }

    @Test
    void append_encodedThenPlain_keepsThePlainOne() throws Exception {
        add("c", "f", "'{\\'a\\':1}'");
        add(null, null, "{'a':1}");
        add(null, null, "{'a': 1}");
        assertEquals(List.of("c {'a':1}"), whole());
    }

    @Test
    void append_encodedThenPlainFragments_keepsThePlainOnes() throws Exception {
        add("c", "f", "'{\\'a\\'");
        add(null, null, ":1}'");
        add(null, null, "{'a'");
        add(null, null, ":1}");
        assertEquals(List.of("c {'a':1}"), whole());
    }

    @Test
    void append_encodedEmptyObjectAfterAnEmptyObject_changesNothing() throws Exception {
        add("c", "f", "{}");
        add(null, null, "'{}'");
        assertEquals(List.of("c {}"), whole());
    }

    @Test
    void add_otherArgumentsWithANewId_areAnotherCall() throws Exception {
        add("a", "f", "{'n':1}");
        add("b", null, "{'n':2}");
        add("b", null, "{'n':2}");
        assertEquals(List.of("a {'n':1}", "b {'n':2}"), whole());
    }

    @Test
    void add_newIdWithTheSameArguments_isARepetition() throws Exception {
        add("a", "f", "{'n':1}");
        add("b", null, "{'n':1}");
        assertEquals(List.of("a {'n':1}"), whole());
    }
}
