package dev.llmspi.it.field;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that cases are read exactly as they are written, and that typing errors are rejected. */
@Tag("once")
class CaseReaderTest {

    private static FieldCase read(String... lines) {
        List<FieldCase> cases = CaseReader.read("X1-test", String.join("\n", lines));
        assertEquals(1, cases.size());
        return cases.get(0);
    }

    /** Returns the stream body that results from the given lines of a case. */
    private static String body(String section, String... lines) {
        FieldCase read = read("=== one", "from: own", section, String.join("\n", lines), "--- expect", "text: x");
        CannedReply reply = read.turns().get(0).replies().get(Mode.STREAM);
        assertNotNull(reply);
        return reply.body();
    }

    @Test
    void read_oneCall_everyPart() {
        FieldCase read = read(
                "# A remark.",
                "",
                "=== one",
                "# another",
                "from: some/where#1",
                "types: openai, portkey",
                "set: request { omit = [x] }",
                "--- stream | ends: cut | content-type: text/plain | status: 201",
                "C{\"delta\":{}}",
                "--- whole",
                "{}",
                "--- expect",
                "text: \"a\\nb\"",
                "reasoning: so: so",
                "finish: LENGTH",
                "raw: max",
                "call: * f {\"a\": 1}",
                "usage: 7 -",
                "field: a [1]",
                "call-field: 0 b {\"c\":2}",
                "note: words",
                "posts: 2");

        assertEquals("X1", read.row());
        assertEquals("X1-test.txt:3 one", read.toString());
        assertEquals("some/where#1", read.from());
        assertEquals(List.of("openai", "portkey"), read.types());
        assertEquals(List.of("request { omit = [x] }"), read.settings());
        assertEquals(Set.of(Mode.STREAM, Mode.WHOLE), read.modes());
        assertEquals(List.of("f"), read.toolNames());
        assertFalse(read.isConversation());
        FieldCase.Turn turn = read.turns().get(0);
        assertEquals(
                new CannedReply(201, "text/plain", "data: {\"choices\":[{\"delta\":{}}]}\n\n", true),
                turn.replies().get(Mode.STREAM));
        assertEquals(
                new CannedReply(200, "application/json", "{}", false),
                turn.replies().get(Mode.WHOLE));
        assertEquals(
                new Expected(
                        "a\nb",
                        "so: so",
                        FinishReason.LENGTH,
                        "max",
                        List.of(new Expected.Call(null, "f", "{\"a\": 1}")),
                        new Expected.Tokens(7L, null),
                        Map.of("a", "[1]"),
                        Map.of("0 b", "{\"c\":2}"),
                        List.of("words"),
                        null,
                        2),
                turn.expected());
    }

    @Test
    void read_error_kindReasonWordsNext() {
        Expected expected = read(
                        "=== one",
                        "from: own",
                        "--- stream",
                        "x",
                        "--- expect",
                        "error: SERVICE TRUNCATED",
                        "says: a",
                        "says: b",
                        "next: yes",
                        "posts: 4")
                .turns()
                .get(0)
                .expected();

        assertEquals(
                new Expected.Failure(ErrorKind.SERVICE, ErrorReason.TRUNCATED, List.of("a", "b"), true),
                expected.error());
        assertTrue(expected.next());
        assertEquals(4, expected.posts());
    }

    @Test
    void read_conversation_turnsAndChecks() {
        FieldCase read = read(
                "=== one",
                "from: own",
                "--- ask",
                "user: hi",
                "--- whole",
                "{}",
                "--- expect",
                "text: x",
                "--- ask",
                "link: fallback",
                "model: m2",
                "temperature: 0.5",
                "tool: call_1 sunny",
                "--- sent",
                "messages[0].content = \"hi\"");

        assertTrue(read.isConversation());
        assertEquals(Set.of(Mode.WHOLE), read.modes());
        FieldCase.Turn last = read.turns().get(1);
        assertEquals(Ask.Link.FALLBACK, last.ask().link());
        assertEquals("m2", last.ask().model());
        assertEquals(Map.of("temperature", "0.5"), last.ask().parameters());
        assertEquals(1, last.sent().size());
        assertEquals("ok", last.expected().text());
    }

    @Test
    void body_shorthands_areEvents() {
        assertEquals(
                "data: {\"choices\":[{\"a\":1}]}\n\ndata: {\"b\":2}\n\ndata: [DONE]\n\n",
                body("--- stream", "C{\"a\":1}", "D{\"b\":2}", ""));
        assertEquals(
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"function\":"
                        + "{\"name\":\"f\",\"arguments\":\"{\\\"a\\\": [1,2]}\"}}]},\"finish_reason\":null}]}\n\n",
                body("--- stream | ends: end", "T(0, call_1, f, \"{\\\"a\\\": [1,2]}\")"));
        assertEquals(
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"id\":\"\",\"function\":{}}]},"
                        + "\"finish_reason\":null}]}\n\n",
                body("--- stream | ends: end", "T(-, \"\", -, -)"));
    }

    @Test
    void body_rawLines_areUnchanged() {
        assertEquals(
                ": ping\r\n\r\ndata: a\r\ndata: b\r\n\r\ndata: [DONE]\r\n\r\n",
                body("--- stream | lines: crlf", ": ping", "", "data: a", "data: b", "", ""));
        assertEquals("data: a\n\ndata: cut", body("--- stream | ends: cut", "data: a", "", "data: cut\\"));
        assertEquals("data: joined\n\n", body("--- stream | ends: end", "data: join\\", "ed"));
        assertEquals("", body("--- stream | ends: end", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "text before a case",
                "=== no origin\n--- stream\nx\n--- expect\ntext: x",
                "=== no turn\nfrom: own",
                "=== nothing expected\nfrom: own\n--- stream\nx",
                "=== unknown type\nfrom: own\ntypes: opanai\n--- stream\nx\n--- expect\ntext: x",
                "=== unknown key\nfrom: own\nform: own\n--- stream\nx\n--- expect\ntext: x",
                "=== unknown section\nfrom: own\n--- steam\nx\n--- expect\ntext: x",
                "=== unknown option\nfrom: own\n--- stream | end: cut\nx\n--- expect\ntext: x",
                "=== unknown end\nfrom: own\n--- stream | ends: never\nx\n--- expect\ntext: x",
                "=== unknown expectation\nfrom: own\n--- stream\nx\n--- expect\ntxt: x",
                "=== unknown kind\nfrom: own\n--- stream\nx\n--- expect\nerror: SERVCE",
                "=== unknown reason\nfrom: own\n--- stream\nx\n--- expect\nerror: SERVICE TRUNKATED",
                "=== unknown finish\nfrom: own\n--- stream\nx\n--- expect\nfinish: stop",
                "=== next without error\nfrom: own\n--- stream\nx\n--- expect\nnext: yes",
                "=== maybe next\nfrom: own\n--- stream\nx\n--- expect\nerror: SERVICE\nnext: maybe",
                "=== call without arguments\nfrom: own\n--- stream\nx\n--- expect\ncall: call_1 f",
                "=== two replies\nfrom: own\n--- stream | asked: both\nx\n--- whole\n{}\n--- expect\ntext: x",
                "=== no common mode\nfrom: own\n--- ask\n--- stream\nx\n--- expect\ntext: x\n--- ask\n--- whole\n{}\n--- expect\ntext: x",
                "=== no check\nfrom: own\n--- ask\n--- sent\nmessages[0].content is abscent",
                "=== check with broken JSON\nfrom: own\n--- ask\n--- sent\nmessages[0].content = \"x",
                "=== path for a word of the body\nfrom: own\n--- ask\n--- sent\nmessages has x",
                "=== bad fragment\nfrom: own\n--- stream\nT(0, call_1, f)\n--- expect\ntext: x",
                "=== twice\nfrom: own\n--- stream\nx\n--- expect\ntext: x\n=== twice\nfrom: own\n--- stream\nx\n--- expect\ntext: x"
            })
    void read_slipOfThePen_isRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> CaseReader.read("X1-test", text));
    }
}
