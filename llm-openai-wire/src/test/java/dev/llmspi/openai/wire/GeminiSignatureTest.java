package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.Message;
import dev.llmspi.api.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** D1: in the current round, the first call of each answer is sent to Gemini with its signature or a placeholder. */
class GeminiSignatureTest {

    private static final String STAND_IN =
            "\"extra_content\":{\"google\":{\"thought_signature\":\"skip_thought_signature_validator\"}}";
    private static final String OWN = "{\"google\":{\"thought_signature\":\"own==\"}}";

    private static AssistantMessage calls(String provider, String model, String... signatures) {
        List<ToolCall> calls = new ArrayList<>();
        for (String signature : signatures) {
            calls.add(new ToolCall(
                    "abcDEF01" + calls.size(),
                    "f",
                    "{}",
                    true,
                    signature.isEmpty() ? Map.of() : Map.of("extra_content", signature)));
        }
        AssistantMessage.Builder message = AssistantMessage.builder().toolCalls(calls);
        return provider.isEmpty()
                ? message.build()
                : message.from(provider, model).build();
    }

    private static String sent(OpenAiDialect dialect, String model, Message... messages) throws Exception {
        try (Bench bench = new Bench(dialect)) {
            return bench.sent(ChatRequest.builder()
                    .model(model)
                    .messages(List.of(messages))
                    .build());
        }
    }

    private static String sent(String model, Message... messages) throws Exception {
        return sent(new OpenAiDialect() {}, model, messages);
    }

    private static int count(String text, String piece) {
        return (text.length() - text.replace(piece, "").length()) / piece.length();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gemini-3-pro", "google/Gemini-2.5-flash", "models/gemini-3"})
    void callsOfAnotherModel_theFirstGetsTheStandIn(String model) throws Exception {
        String body = sent(model, Message.user("u"), calls("other", "m", "", ""), Message.tool("abcDEF010", "1"));

        assertEquals(1, count(body, STAND_IN), body);
        assertTrue(
                body.contains("{\"id\":\"abcDEF010\",\"type\":\"function\",\"function\":{\"name\":\"f\","
                        + "\"arguments\":\"{}\"},"
                        + STAND_IN + "}"),
                body);
    }

    @Test
    void everyAnswerOfTheRound_andNoneBefore() throws Exception {
        AssistantMessage call = calls("other", "m", "");
        Message result = Message.tool("abcDEF010", "1");

        assertEquals(
                2,
                count(
                        sent(
                                "gemini-3",
                                Message.user("u"),
                                call,
                                result,
                                Message.user("v"),
                                call,
                                result,
                                call,
                                result),
                        STAND_IN));
    }

    @Test
    void ownSignature_staysAndNothingIsInvented() throws Exception {
        for (String place : List.of(OWN, "{\"vertex\":{\"thought_signature\":\"own==\"}}")) {
            String body = sent("gemini-3", calls("local", "gemini-3", place, ""), Message.tool("abcDEF010", "1"));
            assertTrue(body.contains("\"extra_content\":" + place), body);
            assertFalse(body.contains(STAND_IN), body);
        }
        assertFalse(sent("gemini-3", calls("local", "gemini-3", "", OWN)).contains(STAND_IN));
        assertFalse(sent("gemini-3", calls("", "", OWN, "")).contains(STAND_IN));
    }

    @Test
    void ownSignatureElsewhere_nothingIsInvented() throws Exception {
        ToolCall call = new ToolCall(
                "c1__thought__own",
                "f",
                "{}",
                true,
                Map.of("provider_specific_fields", "{\"thought_signature\":\"own==\"}"));
        AssistantMessage said = AssistantMessage.builder()
                .toolCalls(List.of(call))
                .from("local", "gemini-3")
                .build();

        String body = sent("gemini-3", said, Message.tool(call.id(), "1"));
        assertFalse(body.contains(STAND_IN), body);
        assertEquals(2, count(body, "\"c1__thought__own\""), body);
    }

    @Test
    void signatureOfAnotherModel_isReplaced() throws Exception {
        String body = sent("gemini-3", calls("local", "gemini-2.5", OWN), Message.tool("abcDEF010", "1"));

        assertFalse(body.contains("own=="), body);
        assertEquals(1, count(body, STAND_IN), body);
    }

    @Test
    void modelOfAnotherName_thatHasSignedBefore_getsIt() throws Exception {
        Message signed = calls("local", "best", OWN);
        Message result = Message.tool("abcDEF010", "1");

        String body = sent("best", Message.user("u"), signed, result, calls("other", "m", ""), result);
        assertEquals(1, count(body, STAND_IN), body);
        assertTrue(body.contains("\"extra_content\":" + OWN), body);
        assertFalse(sent("m2", Message.user("u"), signed, result, calls("other", "m", ""), result)
                .contains("extra_content"));
    }

    @Test
    void otherModels_andServersWithDetails_getNone() throws Exception {
        OpenAiDialect details = new OpenAiDialect() {
            @Override
            public boolean echoesReasoning() {
                return true;
            }
        };
        AssistantMessage call = calls("other", "m", "");

        assertFalse(sent("gpt-5", call, Message.tool("abcDEF010", "1")).contains("extra_content"));
        assertFalse(sent(details, "google/gemini-3", call, Message.tool("abcDEF010", "1"))
                .contains("extra_content"));
    }

    @Test
    void answerWithoutCalls_getsNone() throws Exception {
        assertFalse(sent("gemini-3", Message.user("u"), Message.assistant("a")).contains("extra_content"));
    }
}
