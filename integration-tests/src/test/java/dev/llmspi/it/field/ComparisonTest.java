package dev.llmspi.it.field;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Checks that the comparison accepts correct expectations and detects each kind of wrong expectation. */
@Tag("once")
class ComparisonTest {

    private static final String ANSWER = """
            === one
            from: own
            --- stream
            C{"index":0,"delta":{"reasoning_content":"Hm."}}
            C{"index":0,"delta":{"content":"Hi "}}
            C{"index":0,"delta":{"content":"you"}}
            T(0, call_1, f, "{\\"a\\":")
            T(0, -, -, "1}")
            C{"index":0,"delta":{},"finish_reason":"tool_calls"}
            D{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}}
            --- whole
            {"choices":[{"message":{"content":"Hi you","reasoning_content":"Hm.","tool_calls":[{"id":"call_1","function":{"name":"f","arguments":"{\\"a\\":1}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":7,"completion_tokens":3}}
            --- expect
            reasoning: Hm.
            text: Hi you
            finish: TOOL_CALLS
            raw: tool_calls
            call: call_1 f {"a":1}
            usage: 7 3
            posts: 1
            """;

    private static final String BROKEN = """
            === one
            from: own
            --- stream
            C{"index":0,"delta":{"content":"Half"}}
            D{"error":{"code":500,"message":"it broke"}}
            --- expect
            error: SERVICE
            says: it broke
            text: Half
            next: no
            posts: 1
            """;

    private static final String HANDED_ON = """
            === one
            from: own
            --- stream
            D{"error":{"code":401,"message":"no such key"}}
            --- whole | status: 401
            {"error":{"code":401,"message":"no such key"}}
            --- expect
            error: AUTHENTICATION
            says: no such key
            next: yes
            posts: 1
            """;

    private static final String CONVERSATION = """
            === one
            from: own
            --- ask
            user: weather?
            --- whole
            {"choices":[{"message":{"tool_calls":[{"id":"call_1","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}
            --- stream
            T(0, call_1, f, "{}")
            C{"index":0,"delta":{},"finish_reason":"tool_calls"}
            --- expect
            call: call_1 f {}
            --- ask
            tool: call_1 sunny
            --- sent
            messages[0].content = "weather?"
            messages[1].tool_calls[0].id is present
            messages[1].nothing is absent
            messages[2].tool_call_id equals messages[1].tool_calls[0].id
            messages[0].content differs from messages[-1].content
            messages[0].content as in turn 1
            messages[2].content matches s.*y
            body has sunny
            body lacks cloudy
            """;

    private static List<String> differences(String text, Mode mode) {
        return FieldRun.differences(CaseReader.read("X1-test", text).get(0), "openai", mode, new Random(1));
    }

    private static String changed(String text, String right, String wrong) {
        assertTrue(text.contains(right + "\n"), () -> "no line: " + right);
        return text.replace(right + "\n", wrong + "\n");
    }

    @ParameterizedTest
    @EnumSource
    void rightExpectation_passes(Mode mode) {
        assertEquals(List.of(), differences(ANSWER, mode));
        assertEquals(List.of(), differences(HANDED_ON, mode));
        assertEquals(List.of(), differences(CONVERSATION, mode));
        assertEquals(List.of(), differences(BROKEN, Mode.STREAM));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "reasoning: Hm.|reasoning: Hm",
                "reasoning: Hm.|# none",
                "text: Hi you|text: Hi  you",
                "text: Hi you|# none",
                "finish: TOOL_CALLS|finish: STOP",
                "raw: tool_calls|raw: stop",
                "call: call_1 f {\"a\":1}|# none",
                "call: call_1 f {\"a\":1}|call: call_2 f {\"a\":1}",
                "call: call_1 f {\"a\":1}|call: * g {\"a\":1}",
                "call: call_1 f {\"a\":1}|call: * f {\"a\": 1}",
                "usage: 7 3|usage: 7 -",
                "usage: 7 3|usage: 8 3",
                "posts: 1|posts: 2",
                "posts: 1|error: SERVICE",
                "posts: 1|note: left out",
                "posts: 1|field: x 1",
                "posts: 1|call-field: 0 x 1"
            })
    void wrongExpectationOfAnAnswer_isDetected(String right, String wrong) {
        for (Mode mode : Mode.values()) {
            assertFalse(differences(changed(ANSWER, right, wrong), mode).isEmpty(), mode + ": " + wrong);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "error: SERVICE|error: TIMEOUT",
                "error: SERVICE|error: SERVICE TRUNCATED",
                "says: it broke|says: it works",
                "text: Half|text: All",
                "text: Half|# none",
                "text: Half|reasoning: Half",
                "next: no|next: yes",
                "posts: 1|posts: 4"
            })
    void wrongExpectationOfABrokenStream_isDetected(String right, String wrong) {
        assertFalse(differences(changed(BROKEN, right, wrong), Mode.STREAM).isEmpty(), wrong);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "error: AUTHENTICATION|error: SERVICE",
                "error: AUTHENTICATION|error: AUTHENTICATION MISSING_CREDENTIAL",
                "says: no such key|says: no such lock",
                "says: no such key|text: something",
                "next: yes|next: no",
                "posts: 1|posts: 4"
            })
    void wrongExpectationOfAnErrorWithFallback_isDetected(String right, String wrong) {
        for (Mode mode : Mode.values()) {
            assertFalse(differences(changed(HANDED_ON, right, wrong), mode).isEmpty(), mode + ": " + wrong);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "messages[0].content = \"weather?\"|messages[0].content = \"Weather?\"",
                "messages[1].tool_calls[0].id is present|messages[1].tool_calls[1].id is present",
                "messages[1].nothing is absent|messages[1].role is absent",
                "messages[2].tool_call_id equals messages[1].tool_calls[0].id|messages[2].tool_call_id equals messages[1].role",
                "messages[2].tool_call_id equals messages[1].tool_calls[0].id|messages[9].a equals messages[9].a",
                "messages[0].content differs from messages[-1].content|messages[0].content differs from messages[0].content",
                "messages[0].content as in turn 1|messages[-1].content as in turn 1",
                "messages[2].content matches s.*y|messages[2].content matches s.*x",
                "body has sunny|body has cloudy",
                "body lacks cloudy|body lacks sunny"
            })
    void wrongCheckOfARequest_isDetected(String right, String wrong) {
        for (Mode mode : Mode.values()) {
            assertFalse(differences(changed(CONVERSATION, right, wrong), mode).isEmpty(), mode + ": " + wrong);
        }
    }

    @Test
    void unknownSetting_isDetected() {
        assertFalse(differences(ANSWER.replace("from: own", "from: own\nset: no-such-key = 1"), Mode.WHOLE)
                .isEmpty());
    }
}
