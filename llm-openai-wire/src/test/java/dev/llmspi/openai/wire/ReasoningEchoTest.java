package dev.llmspi.openai.wire;

import static dev.llmspi.openai.wire.ToolRound.answer;
import static dev.llmspi.openai.wire.ToolRound.inRound;
import static dev.llmspi.openai.wire.ToolRound.later;
import static dev.llmspi.openai.wire.ToolRound.sent;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Message;
import dev.llmspi.api.ToolMessage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** D2: reasoning is sent back as configured. */
class ReasoningEchoTest {

    private static final OpenAiDialect DETAILS = new OpenAiDialect() {
        @Override
        public boolean echoesReasoning() {
            return true;
        }
    };

    @ParameterizedTest
    @ValueSource(
            strings = {
                "reasoning",
                "reasoning_content",
                "reasoning_text",
                "reasoning_opaque",
                "thinking",
                "thinking_blocks",
                "thought"
            })
    void reasoning_asConfigured(String name) throws Exception {
        AssistantMessage answer = answer(Map.of(name, "\"I must look.\"", "x", "1"), Map.of());
        String field = "\"" + name + "\":\"I must look.\"";

        assertTrue(inRound(answer).contains(field));
        assertFalse(later(answer).contains(field));
        assertTrue(inRound(answer, "reasoning-echo", "auto").contains(field));
        assertTrue(inRound(answer, "reasoning-echo", "always").contains(field));
        assertTrue(later(answer, "reasoning-echo", "always").contains(field));
        assertFalse(inRound(answer, "reasoning-echo", "never").contains(field));
        assertTrue(inRound(answer, "reasoning-echo", "never").contains("\"x\":1"));
        assertTrue(later(answer).contains("\"x\":1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"thought_signature", "reasoning_signature", "thinking_signatures"})
    void signatures_alwaysGoBack(String name) throws Exception {
        AssistantMessage answer = answer(Map.of(name, "\"s==\""), Map.of(name, "\"t==\""));

        for (String body : List.of(inRound(answer, "reasoning-echo", "never"), later(answer))) {
            assertTrue(body.contains("\"" + name + "\":\"s==\"") && body.contains("\"" + name + "\":\"t==\""), body);
        }
    }

    @Test
    void round_isWhatStandsBehindTheLastMessageOfTheUser() throws Exception {
        AssistantMessage first = answer(Map.of("reasoning_content", "\"first\""), Map.of());
        AssistantMessage second = answer(Map.of("reasoning_content", "\"second\""), Map.of());
        AssistantMessage third = answer(Map.of("reasoning_content", "\"third\""), Map.of());
        try (Bench bench = new Bench()) {
            String body = sent(
                    bench,
                    Message.user("u"),
                    first,
                    Message.tool("c1", "1"),
                    Message.user("and?"),
                    second,
                    Message.tool("c1", "2"),
                    third,
                    Message.tool("c1", "3"));

            assertFalse(body.contains("\"first\""), body);
            assertTrue(body.contains("\"second\"") && body.contains("\"third\""), body);
        }
    }

    @Test
    void details_asTheDialectWantsThem() throws Exception {
        AssistantMessage answer =
                answer(Map.of("reasoning", "\"t\"", "reasoning_content", "\"t\""), Map.of()).toBuilder()
                        .reasoningDetails(List.of(Map.of("text", "d")))
                        .build();
        String details = "\"reasoning_details\":[{\"text\":\"d\"}]";
        try (Bench bench = new Bench(DETAILS)) {
            String body = sent(bench, answer, ToolMessage.of("c1", "42"), Message.user("u"));
            assertTrue(body.contains(details), body);
            assertFalse(body.contains("\"reasoning\":") || body.contains("\"reasoning_content\":"), body);
            assertTrue(
                    sent(bench, answer(Map.of("reasoning", "\"t\""), Map.of())).contains("\"reasoning\":\"t\""));
        }
        assertTrue(inRound(answer).contains(details));
        assertTrue(inRound(answer).contains("\"reasoning\":\"t\""));
        assertFalse(later(answer).contains(details));
        for (String setting : List.of("auto", "never")) {
            try (Bench bench = new Bench(DETAILS, "reasoning-echo", setting)) {
                assertFalse(sent(bench, answer, ToolMessage.of("c1", "42"), Message.user("u"))
                        .contains("reasoning"));
            }
        }
    }

    @Test
    void contentParts_standInFrontOfTheText() throws Exception {
        String parts = "[ {\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"Okay, [\"}]} ,"
                + " {\"type\":\"x\"} ]";
        String sentParts =
                "{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"Okay, [\"}]},{\"type\":\"x\"}";
        AssistantMessage calls = answer(Map.of("content", parts), Map.of());
        AssistantMessage both = calls.toBuilder().text("The answer").build();
        AssistantMessage alone = both.toBuilder().toolCalls(List.of()).text("").build();

        assertTrue(inRound(calls).contains("\"content\":[" + sentParts + "],\"tool_calls\""));
        assertTrue(inRound(both)
                .contains(
                        "\"content\":[" + sentParts + ",{\"type\":\"text\",\"text\":\"The answer\"}],\"tool_calls\""));
        assertTrue(later(both).contains("\"content\":\"The answer\",\"tool_calls\""));
        assertTrue(inRound(both, "reasoning-echo", "never").contains("\"content\":\"The answer\",\"tool_calls\""));
        try (Bench bench = new Bench()) {
            assertTrue(sent(bench, Message.user("u"), alone)
                    .contains("{\"role\":\"assistant\",\"content\":[" + sentParts + "]}"));
            assertFalse(sent(bench, alone, Message.user("u")).contains("assistant"));
        }
        assertTrue(inRound(answer(Map.of("content", "[ ]"), Map.of())).contains("\"content\":null"));
        assertTrue(inRound(answer(Map.of("content", "\"text\""), Map.of())).contains("\"content\":null"));
    }

    @Test
    void config_wordThatIsNone_isAFault() throws Exception {
        try (Bench bench = new Bench("reasoning-echo", "sometimes")) {
            assertTrue(bench.faults.toString().contains("must be one of always, auto, never"), bench.faults::toString);
        }
    }
}
