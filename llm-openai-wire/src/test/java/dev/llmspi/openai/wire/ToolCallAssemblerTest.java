package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.llmspi.api.ChatStreamEvent;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which fragment belongs to which call, by the little that servers say of it. */
class ToolCallAssemblerTest {

    private final ToolCallAssembler calls = new ToolCallAssembler(JsonReader.STANDARD, Set.of());
    private final Queue<ChatStreamEvent> events = new ArrayDeque<>();

    /** A fragment with an index, as the second of its list. */
    private ToolCallAssemblerTest at(int index, @Nullable String id, @Nullable String name, String arguments)
            throws StreamConstraintsException {
        calls.add(new Chunk.ToolFragment(index, 1, id, name, arguments, Map.of()), events);
        return this;
    }

    /** A fragment without an index. */
    private ToolCallAssemblerTest in(int position, @Nullable String id, @Nullable String name, String arguments)
            throws StreamConstraintsException {
        calls.add(new Chunk.ToolFragment(-1, position, id, name, arguments, Map.of()), events);
        return this;
    }

    /** Each call as {@code id name arguments}. */
    private List<String> whole() throws StreamConstraintsException {
        calls.complete(events);
        return calls.whole().stream()
                .map(call -> call.id() + " " + call.name() + " " + call.arguments())
                .toList();
    }

    @Test
    void add_fragmentThatSaysNothing_isNoCall() throws Exception {
        at(0, null, null, "").at(0, null, null, " ");
        assertTrue(calls.isEmpty());
        at(0, "a", null, "");
        assertTrue(calls.isEmpty(), "an id alone waits for a name or arguments");
        at(0, null, "f", "");
        assertEquals(List.of("a f {}"), whole());
    }

    @Test
    void add_eachThingThatIsSaid_makesACall() throws Exception {
        at(0, null, "f", "").at(1, null, null, "{}").at(2, "c", "g", "");
        assertEquals(List.of("call_0 f {}", "call_1  {}", "c g {}"), whole());
        assertTrue(calls.lackName());
        assertFalse(calls.areWhole());
    }

    @Test
    void areWhole_callsWithNameAndArgumentsThatAreNoneOrWhole() throws Exception {
        assertTrue(calls.areWhole());
        at(0, "a", "f", "");
        assertTrue(calls.areWhole());
        at(1, "b", "f", "{\"x\":");
        assertFalse(calls.areWhole());
        at(1, null, null, "1}");
        assertTrue(calls.areWhole());
        assertFalse(calls.lackName());
    }

    @Test
    void add_nextCallAtTheSameIndex_isToldByItsIdOrItsName() throws Exception {
        // The first call is whole: a new id, another name, or the same name with more arguments begins the next.
        at(0, "a", "f", "{}").at(0, "b", "f", "{\"n\":2}").at(0, null, "g", "").at(0, null, "g", "{\"n\":3}");
        at(0, null, "g", "{\"n\":4}");
        assertEquals(List.of("a f {}", "b f {\"n\":2}", "call_2 g {\"n\":3}", "call_3 g {\"n\":4}"), whole());
    }

    @Test
    void add_sameNameWithoutArgumentsBehindAWholeCall_isOnlyARepeat() throws Exception {
        at(0, "a", "f", "{}").at(0, null, "f", "").at(0, null, "f", " ").at(0, null, null, " ");
        assertEquals(List.of("a f {}"), whole());
    }

    @Test
    void add_otherIdWithinUnfinishedArguments_isMoreOfTheSameCall() throws Exception {
        at(0, "a", "f", "{\"n\":").at(0, "chunk-2", "f", "1").at(0, "chunk-3", null, "}");
        assertEquals(List.of("a f {\"n\":1}"), whole());
    }

    @Test
    void add_otherIdBehindACallWithoutArguments_isTheNextOnlyWithAName() throws Exception {
        at(0, "a", "f", "").at(0, "b", "g", "");
        assertEquals(List.of("a f {}", "b g {}"), whole());
        at(1, "c", "h", "").at(1, "d", null, "{}");
        assertEquals("c h {}", whole().get(2));
        at(2, "e", null, "").at(2, "x", "i", "{}");
        assertEquals("e i {}", whole().get(3), "the first had no name yet");
    }

    @Test
    void add_wholeCallSaidAgain_isOneCall() throws Exception {
        at(0, "a", "f", "{\"n\":1}").at(0, "a", "f", "{\"n\":1}");
        assertEquals(List.of("a f {\"n\":1}"), whole());
        at(0, "a", "f", "{\"n\":2}");
        assertEquals(2, whole().size(), "not the same: another call");
    }

    @Test
    void add_idThatWasThereBefore_isMadeUnique() throws Exception {
        at(0, "a", "f", "{}").at(1, "a", "f", "{}").at(2, "a", "f", "{}").at(3, "a", "f", "{}");
        assertEquals(List.of("a f {}", "a_1 f {}", "a_2 f {}", "a_3 f {}"), whole());
    }

    @Test
    void add_uniqueIdsThatAreTakenThemselves_goOnUntilOneIsFree() throws Exception {
        at(0, "a_2", "f", "{}").at(1, "a", "f", "{}").at(2, "a", "f", "{}");
        assertEquals(List.of("a_2 f {}", "a f {}", "a_3 f {}"), whole());
    }

    @Test
    void add_withoutIndex_goesByIdOrElseByPlace() throws Exception {
        in(0, "a", "f", "{\"n\":").in(1, "b", "g", "{\"n\":");
        in(0, "b", null, "2}").in(1, "a", null, "1}");
        assertEquals(List.of("a f {\"n\":1}", "b g {\"n\":2}"), whole());
    }

    @Test
    void add_withoutIndex_lateIdBelongsToTheCallThatHasNone() throws Exception {
        in(0, null, "f", "").in(0, "a", null, "{}");
        assertEquals(1, whole().size());
        in(0, "b", "g", "{}"); // the call at this place has an id: this one is another
        assertEquals(2, whole().size());
        assertEquals("b g {}", whole().get(1));
    }

    @Test
    void add_moreThanAnyModelAsksFor_isRefused() throws Exception {
        for (int i = 0; i < 1024; i++) {
            at(i, "id-" + i, "f", "");
        }
        assertThrows(StreamConstraintsException.class, () -> at(1024, "one-more", "f", ""));
        at(3, null, null, "{}"); // more of one that is there
        assertEquals(1024, whole().size());
    }
}
