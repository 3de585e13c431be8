package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ToolCall;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests the assignment of fragments to calls. */
class ToolCallAssemblerTest {

    private final ToolCallAssembler calls = new ToolCallAssembler(JsonReader.STANDARD, Set.of());
    private final Queue<ChatStreamEvent> events = new ArrayDeque<>();

    /** Adds a fragment with an index, at the second position of its list. */
    private ToolCallAssemblerTest at(int index, @Nullable String id, @Nullable String name, String arguments)
            throws StreamConstraintsException {
        calls.add(new Chunk.ToolFragment(index, 1, id, name, arguments, Map.of()), events);
        return this;
    }

    /** Adds a fragment without an index. */
    private ToolCallAssemblerTest in(int position, @Nullable String id, @Nullable String name, String arguments)
            throws StreamConstraintsException {
        calls.add(new Chunk.ToolFragment(-1, position, id, name, arguments, Map.of()), events);
        return this;
    }

    /** Returns each call as {@code id name arguments}. */
    private List<String> whole() throws StreamConstraintsException {
        calls.complete(events);
        return calls.whole().stream()
                .map(call -> call.id() + " " + call.name() + " " + call.arguments())
                .toList();
    }

    @Test
    void add_emptyFragment_startsNoCall() throws Exception {
        at(0, null, null, "").at(0, null, null, " ");
        assertTrue(calls.isEmpty());
        at(0, "a", null, "");
        assertTrue(calls.isEmpty(), "an id alone waits for a name or arguments");
        at(0, null, "f", "");
        assertEquals(List.of("a f {}"), whole());
    }

    @Test
    void add_nameOrArguments_startACall() throws Exception {
        at(0, null, "f", "").at(1, null, null, "{}").at(2, "c", "g", "");
        assertEquals(List.of("call_0 f {}", "call_1  {}", "c g {}"), whole());
        assertTrue(calls.lackName());
        assertFalse(calls.areWhole());
    }

    @Test
    void areWhole_nameAndAbsentOrCompleteArguments_isTrue() throws Exception {
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
    void add_nextCallAtTheSameIndex_isRecognisedByIdOrName() throws Exception {
        // The first call is complete. A new id, another name, or the same name with more arguments starts the next.
        at(0, "a", "f", "{}").at(0, "b", "f", "{\"n\":2}").at(0, null, "g", "").at(0, null, "g", "{\"n\":3}");
        at(0, null, "g", "{\"n\":4}");
        assertEquals(List.of("a f {}", "b f {\"n\":2}", "call_2 g {\"n\":3}", "call_3 g {\"n\":4}"), whole());
    }

    @Test
    void add_sameNameWithoutArgumentsAfterACompleteCall_isARepetition() throws Exception {
        at(0, "a", "f", "{}").at(0, null, "f", "").at(0, null, "f", " ").at(0, null, null, " ");
        assertEquals(List.of("a f {}"), whole());
    }

    @Test
    void add_otherIdInIncompleteArguments_continuesTheCall() throws Exception {
        at(0, "a", "f", "{\"n\":").at(0, "chunk-2", "f", "1").at(0, "chunk-3", null, "}");
        assertEquals(List.of("a f {\"n\":1}"), whole());
    }

    @Test
    void add_otherIdAfterACallWithoutArguments_startsACallOnlyWithAName() throws Exception {
        at(0, "a", "f", "").at(0, "b", "g", "");
        assertEquals(List.of("a f {}", "b g {}"), whole());
        at(1, "c", "h", "").at(1, "d", null, "{}");
        assertEquals("c h {}", whole().get(2));
        at(2, "e", null, "").at(2, "x", "i", "{}");
        assertEquals("e i {}", whole().get(3), "the first had no name yet");
    }

    @Test
    void add_repeatedCompleteCall_isOneCall() throws Exception {
        at(0, "a", "f", "{\"n\":1}").at(0, "a", "f", "{\"n\":1}");
        assertEquals(List.of("a f {\"n\":1}"), whole());
        at(0, "a", "f", "{\"n\":2}");
        assertEquals(2, whole().size(), "not the same: another call");
    }

    @Test
    void add_repeatedId_becomesUnique() throws Exception {
        at(0, "a", "f", "{}").at(1, "a", "f", "{}").at(2, "a", "f", "{}").at(3, "a", "f", "{}");
        assertEquals(List.of("a f {}", "a_1 f {}", "a_2 f {}", "a_3 f {}"), whole());
    }

    @Test
    void add_derivedIdIsTaken_nextFreeOneIsUsed() throws Exception {
        at(0, "a_2", "f", "{}").at(1, "a", "f", "{}").at(2, "a", "f", "{}");
        assertEquals(List.of("a_2 f {}", "a f {}", "a_3 f {}"), whole());
    }

    @Test
    void add_withoutIndex_isMatchedByIdThenPosition() throws Exception {
        in(0, "a", "f", "{\"n\":").in(1, "b", "g", "{\"n\":");
        in(0, "b", null, "2}").in(1, "a", null, "1}");
        assertEquals(List.of("a f {\"n\":1}", "b g {\"n\":2}"), whole());
    }

    @Test
    void add_withoutIndex_lateIdBelongsToTheCallThatHasNone() throws Exception {
        in(0, null, "f", "").in(0, "a", null, "{}");
        assertEquals(1, whole().size());
        in(0, "b", "g", "{}"); // another call, because the call at this position already has an id
        assertEquals(2, whole().size());
        assertEquals("b g {}", whole().get(1));
    }

    @Test
    void add_moreCallsThanAllowed_isRefused() throws Exception {
        for (int i = 0; i < 1024; i++) {
            at(i, "id-" + i, "f", "");
        }
        assertThrows(StreamConstraintsException.class, () -> at(1024, "one-more", "f", ""));
        at(3, null, null, "{}"); // a further fragment of an existing call is accepted
        assertEquals(1024, whole().size());
    }

    @Test
    void arguments_emptyValueFirst_isAPlaceholder() throws Exception {
        at(0, "a", "f", "{}").at(0, null, null, "{\"stock\": ").at(0, null, null, "\"MSFT\"}");
        at(1, "b", "f", "{ ").at(1, null, null, "}").at(1, "b", "f", "{\"n\":1}");
        at(2, "c", "f", "null").at(2, null, null, "{\"n\":2}");
        at(3, "d", "f", "{}").at(3, null, null, "{}");
        assertEquals(List.of("a f {\"stock\": \"MSFT\"}", "b f {\"n\":1}", "c f {\"n\":2}", "d f {}"), whole());
    }

    @Test
    void arguments_sameValueAfterCompleteOnes_isARepetition() throws Exception {
        at(0, "a", "f", "").at(0, null, null, "{\"n\":1}").at(0, null, null, "{\"n\":1}");
        at(1, "b", "f", "{\"n\"")
                .at(1, null, null, ":2}")
                .at(1, null, null, "{\"n\"")
                .at(1, null, null, ": 2}");
        at(2, "c", "f", "{\"n\":3}").at(2, "c", "f", "\"{\\\"n\\\": 3}\"");
        at(3, "d", "f", "{\"n\":4}{\"n\":4} {\"n\":4}");
        assertEquals(List.of("a f {\"n\":1}", "b f {\"n\":2}", "c f {\"n\":3}", "d f {\"n\":4}"), whole());
    }

    @Test
    void arguments_anotherValueAfterCompleteOnes_isAnotherCallOfTheTool() throws Exception {
        at(0, "a", "f", "{\"n\":1}").at(0, null, null, "{\"n\":2}");
        assertEquals(List.of("a f {\"n\":1}", "call_1 f {\"n\":2}"), whole());
    }

    @Test
    void arguments_malformedTextAfterCompleteOnes_isAppended() throws Exception {
        at(0, "a", "f", "{\"n\":1}").at(0, null, null, "{\"n\"");
        assertFalse(calls.areWhole());
        assertEquals(List.of("a f {\"n\":1}{\"n\""), whole());
        assertFalse(calls.whole().get(0).wellFormed());
    }

    @Test
    void add_newIdInEachFragment_isOneCall() throws Exception {
        at(0, "a", "f", "").at(0, "b", null, "{\"n\"").at(0, "c", null, ":1}").at(0, "d", null, "");
        assertEquals(List.of("a f {\"n\":1}"), whole());
    }

    @Test
    void add_idAlone_separatesCallsOfOneIndex() throws Exception {
        at(0, "a", "f", "").at(0, "b", "g", "");
        at(0, "a", null, "{\"n\"")
                .at(0, "b", null, "{\"m\"")
                .at(0, "a", null, ":1}")
                .at(0, "b", null, ":2}");
        assertEquals(List.of("a f {\"n\":1}", "b g {\"m\":2}"), whole());
    }

    @Test
    void add_knownIdWithAnotherTool_isAnotherCall() throws Exception {
        at(0, "a", "f", "{\"n\":1}").at(0, "a", "g", "{\"n\":2}");
        assertEquals(List.of("a f {\"n\":1}", "a_1 g {\"n\":2}"), whole());
    }

    @Test
    void takeName_pieces_areJoinedAndRepetitionsIgnored() throws Exception {
        at(0, "a", "get_", "").at(0, null, "weather", "").at(0, null, null, "{}");
        at(1, "b", "get_weather", "").at(1, null, "get_weather", "").at(1, "b", "get_weather", "{}");
        at(2, "c", "get", "").at(2, null, "get_weather", "");
        assertEquals(List.of("a get_weather {}", "b get_weather {}", "c get_weather {}"), whole());
    }

    /** The names of the request's tools decide if the fragments alone are ambiguous. */
    @Test
    void add_anotherName_isAnotherCall() throws Exception {
        ToolCallAssembler knowing = new ToolCallAssembler(JsonReader.STANDARD, Set.of("f", "g"));
        knowing.add(new Chunk.ToolFragment(0, 0, null, "f", "", Map.of()), events);
        knowing.add(new Chunk.ToolFragment(0, 0, null, "g", "", Map.of()), events);
        knowing.complete(events);
        assertEquals(
                List.of("f", "g"), knowing.whole().stream().map(ToolCall::name).toList());
    }

    @Test
    void fields_ofACall_areKeptWithIt() throws Exception {
        calls.add(new Chunk.ToolFragment(0, 0, "a", "f", "{}", Map.of("extra_content", Map.of("s", "x"))), events);
        calls.add(new Chunk.ToolFragment(0, 0, null, null, "", Map.of("function", Map.of("y", 1))), events);
        calls.complete(events);
        assertEquals(
                Map.of("extra_content", "{\"s\":\"x\"}", "function", "{\"y\":1}"),
                calls.whole().get(0).providerFields());
    }

    @Test
    void add_argumentsThatMayChange_areHeldBack() throws Exception {
        at(0, "a", "f", "");
        assertEquals(List.of(), List.copyOf(events), "the name may go on");
        at(0, null, null, "{");
        assertEquals(List.of(), List.copyOf(events), "it may be an empty object, a placeholder");
        at(0, null, null, "\"n\":");
        assertEquals("{\"n\":", ((ChatStreamEvent.ToolCallDelta) events.remove()).argumentsFragment());
        at(0, null, null, "1}{\"n\"");
        assertEquals("1}", ((ChatStreamEvent.ToolCallDelta) events.remove()).argumentsFragment());
        assertEquals(List.of(), List.copyOf(events), "it may be a repetition");
    }
}
