package dev.llmspi.openai.wire;

import static dev.llmspi.openai.wire.ToolRound.answer;
import static dev.llmspi.openai.wire.ToolRound.call;
import static dev.llmspi.openai.wire.ToolRound.inRound;
import static dev.llmspi.openai.wire.ToolRound.later;
import static dev.llmspi.openai.wire.ToolRound.sent;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** D1: unknown fields are sent back byte for byte to the provider that sent them, and to no other. */
class ProviderFieldsTest {

    private static final String EXTRA = "{ \"google\" : {\"thought_signature\":\"a\\u002fb==\" , \"n\":1.0} }";

    private static AssistantMessage from(String provider, String model, AssistantMessage message) {
        return message.toBuilder().from(provider, model).build();
    }

    @Test
    void fieldsOfACall_goBackByteForByte() throws Exception {
        AssistantMessage answer = answer(Map.of(), Map.of("extra_content", EXTRA));

        for (String body : List.of(inRound(answer), later(answer))) {
            assertTrue(
                    body.contains(
                            "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"},\"extra_content\":" + EXTRA + "}"),
                    body);
        }
    }

    @Test
    void fieldsOfAMessage_goBackByteForByteInTheirOrder() throws Exception {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("zeta", " [1, 2.50, 1e400] ");
        fields.put("annotations", "[]");
        fields.put("extra_content", EXTRA);
        fields.put("name", "\"n\"");

        String body = later(answer(fields, Map.of()));

        assertTrue(
                body.contains("{\"role\":\"assistant\",\"content\":null,\"zeta\":[1, 2.50, 1e400],\"annotations\":[],"
                        + "\"extra_content\":" + EXTRA + ",\"name\":\"n\",\"tool_calls\":["),
                body);
    }

    @Test
    void toAnotherProviderOrModel_nothingGoes() throws Exception {
        AssistantMessage answer = answer(
                        Map.of(
                                "audio",
                                "{\"id\":1}",
                                "reasoning_content",
                                "\"t\"",
                                "content",
                                "[{\"type\":\"thinking\"}]"),
                        Map.of("extra_content", EXTRA, "function", "{\"x\":1}"))
                .toBuilder()
                .reasoningDetails(List.of(Map.of("text", "t")))
                .build();
        AssistantMessage bare = answer.withoutProviderData();

        for (String setting : List.of("auto", "always", "never")) {
            assertEquals(
                    inRound(from("other", "m", bare), "reasoning-echo", setting),
                    inRound(from("other", "m", answer), "reasoning-echo", setting));
            assertEquals(
                    later(from("local", "m2", bare), "reasoning-echo", setting),
                    later(from("local", "m2", answer), "reasoning-echo", setting));
        }
        assertFalse(inRound(from("other", "m", answer)).contains("audio"));
    }

    @Test
    void toTheModelUnderTheNameThatIsSentOrRequested_theyGo() throws Exception {
        OpenAiDialect variant = new OpenAiDialect() {
            @Override
            public Optional<String> defaultModel() {
                return Optional.of("usual");
            }

            @Override
            public String model(String name) {
                return name + ":fast";
            }
        };
        for (String model : List.of("m", "m:fast")) {
            try (Bench bench = new Bench(variant)) {
                assertTrue(sent(bench, from("local", model, answer(Map.of("x", "1"), Map.of())))
                        .contains("\"x\":1"));
            }
        }
        AssistantMessage unnamed = answer(Map.of("x", "1"), Map.of()).toBuilder()
                .from("local", null)
                .build();
        try (Bench bench = new Bench(variant)) {
            assertTrue(
                    bench.sent(ChatRequest.builder().message(unnamed).build()).contains("\"x\":1"));
            assertFalse(sent(bench, unnamed).contains("\"x\":1"));
            AssistantMessage another =
                    unnamed.toBuilder().from("local", "another").build();
            assertFalse(
                    bench.sent(ChatRequest.builder().message(another).build()).contains("\"x\":1"));
        }
    }

    @Test
    void ofUnknownOrigin_theyGo() throws Exception {
        AssistantMessage answer = AssistantMessage.builder()
                .toolCalls(List.of(call(Map.of("extra_content", EXTRA))))
                .providerFields(Map.of("reasoning_content", "\"t\"", "x", "1"))
                .build();

        String body = inRound(answer);
        assertTrue(
                body.contains(EXTRA) && body.contains("\"reasoning_content\":\"t\"") && body.contains("\"x\":1"), body);
    }

    @Test
    void membersInsideFunction_areMergedIntoIt() throws Exception {
        String members =
                "{ \"strict\" : [1, {\"a\":\"},]\\\"\"}] , \"name\":\"other\",\"arguments\":{},\"na\\u006de\":1,"
                        + " \"t\\u0061g\":null }";

        String body = inRound(answer(Map.of(), Map.of("function", members, "index", "0")));

        assertTrue(
                body.contains("\"function\":{\"name\":\"f\",\"arguments\":\"{}\",\"strict\":[1, {\"a\":\"},]\\\"\"}],"
                        + "\"tag\":null},\"index\":0}]"),
                body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1,]",
                "\"a",
                "a",
                "1 2",
                "{} {}",
                "{\"a\":1,}",
                "NaN",
                "'a'",
                "\"\\x\"",
                "01",
                "1,\"b\":2"
            })
    void valueThatIsNoJson_isLeftOut(String value) throws Exception {
        String body = inRound(answer(Map.of("x", value, "content", value), Map.of("y", value, "function", value)));

        assertEquals(inRound(answer(Map.of(), Map.of())), body);
    }

    @Test
    void namesThatAreWrittenAnyway_areNotWrittenTwice() throws Exception {
        AssistantMessage answer = answer(
                        Map.of("role", "\"user\"", "tool_calls", "[]", "reasoning_details", "[1]"),
                        Map.of("id", "\"x\"", "type", "\"y\""))
                .toBuilder()
                .reasoningDetails(List.of(Map.of("text", "t")))
                .build();

        for (String setting : List.of("always", "never")) {
            String body = inRound(answer, "reasoning-echo", setting);
            assertFalse(body.contains("\"role\":\"user\",\"tool") || body.contains("\"x\"") || body.contains("\"y\""));
            assertFalse(body.contains("[1]"), body);
            assertEquals(setting.equals("always"), body.contains("\"reasoning_details\":[{\"text\":\"t\"}]"), body);
        }
    }
}
