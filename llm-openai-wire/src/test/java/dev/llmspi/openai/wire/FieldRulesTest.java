package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.Reasoning;
import dev.llmspi.api.ResponseFormat;
import dev.llmspi.api.ToolChoice;
import dev.llmspi.api.ToolDefinition;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** F2: fields that a server rejects are omitted or renamed, for a provider block or for one model. */
class FieldRulesTest {

    private static final String STREAM =
            "data: {\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}\n\n" + "data: [DONE]\n\n";

    private static final ChatRequest FULL = ChatRequest.builder()
            .user("u")
            .model("m")
            .temperature(0.2)
            .topP(0.9)
            .topK(40)
            .frequencyPenalty(-0.5)
            .presencePenalty(1)
            .maxOutputTokens(200)
            .stop("END")
            .seed(7)
            .reasoning(Reasoning.effort("low"))
            .responseFormat(ResponseFormat.jsonObject())
            .tools(ToolDefinition.of("f", "", "{}"))
            .toolChoice(ToolChoice.auto())
            .parallelToolCalls(true)
            .extra("openai", "mine", 1)
            .build();

    private static final List<String> FIELDS = List.of(
            "temperature",
            "top_p",
            "top_k",
            "frequency_penalty",
            "presence_penalty",
            "max_tokens",
            "stop",
            "seed",
            "reasoning_effort",
            "mine",
            "ours",
            "stream_options",
            "response_format",
            "tool_choice",
            "parallel_tool_calls",
            "tools");

    /** Returns the body of a streamed request. */
    private static JsonObject sent(ChatRequest request, Object... config) throws Exception {
        try (Bench bench = new Bench(config)) {
            assertEquals(List.of(), bench.faults);
            bench.answer(200, STREAM, "Content-Type: text/event-stream");
            bench.provider.stream(request, CallContext.create()).collect();
            return JsonObject.parse(bench.request().body());
        }
    }

    private static JsonObject full(Map<String, ?> rules) throws Exception {
        return sent(FULL, "extras", Map.of("ours", 2), "request", rules);
    }

    @Test
    void omit_anyField_isLeftOutAndTheOthersStay() throws Exception {
        Map<String, Object> all = full(Map.of()).members();
        assertTrue(all.keySet().containsAll(FIELDS), all::toString);
        for (String field : FIELDS) {
            Map<String, Object> some =
                    full(Map.of("omit", List.of(field, "unheard_of"))).members();

            assertFalse(some.containsKey(field), field);
            assertEquals(all.size() - 1, some.size(), field);
        }
    }

    @Test
    void rename_anyField_keepsValueAndPlace() throws Exception {
        Map<String, Object> all = full(Map.of()).members();
        List<String> names = List.copyOf(all.keySet());
        for (String field : FIELDS) {
            Map<String, Object> some =
                    full(Map.of("rename", Map.of(field, "other_name"))).members();

            assertEquals(all.get(field), some.get("other_name"), field);
            assertEquals(names.indexOf(field), List.copyOf(some.keySet()).indexOf("other_name"), field);
            assertEquals(all.size(), some.size());
        }
    }

    @Test
    void omit_streamOptions_asText() throws Exception {
        JsonObject body = full(Map.of("omit", "stream_options, temperature"));

        assertFalse(
                body.members().containsKey("stream_options") || body.members().containsKey("temperature"));
        assertTrue(body.isTrue("stream"));
    }

    @Test
    void rename_meetsTheRequestsOwnField_theExplicitOneIsSent() throws Exception {
        ChatRequest request = Bench.HELLO.toBuilder()
                .maxOutputTokens(200)
                .extra("openai", "max_completion_tokens", 9)
                .build();

        JsonObject body = sent(request, "request", Map.of("rename", Map.of("max_tokens", "max_completion_tokens")));

        assertEquals(9, body.value("max_completion_tokens"));
        assertFalse(body.members().containsKey("max_tokens"));
    }

    @Test
    void rename_meetsAFieldOfTheBlock_theRequestsIsSent() throws Exception {
        ChatRequest request = Bench.HELLO.toBuilder().maxOutputTokens(200).build();
        Map<String, ?> rules = Map.of("rename", Map.of("max_tokens", "max_completion_tokens", "theirs", "ours"));

        JsonObject body =
                sent(request, "extras", Map.of("max_completion_tokens", 5, "ours", 1, "theirs", 2), "request", rules);

        assertEquals(200, body.value("max_completion_tokens"));
        assertEquals(1, body.value("ours")); // both fields come from the block, so the one that was not renamed is sent
        assertFalse(body.members().containsKey("theirs"));
    }

    @Test
    void rename_twoFieldsChangeNames_bothAreSent() throws Exception {
        JsonObject body = full(Map.of("rename", Map.of("top_p", "top_k", "top_k", "top_p")));

        assertEquals(40, body.value("top_p"));
        assertEquals("0.9", body.value("top_k").toString());
    }

    @Test
    void maxTokensField_isTheNameThatRulesSee() throws Exception {
        Object[] block = {
            "max-tokens-field", "max_completion_tokens", "request", Map.of("omit", "max_completion_tokens")
        };
        assertEquals(Set.of("model", "stream", "stream_options", "messages"), fields(block));
        block[3] = Map.of("rename", Map.of("max_completion_tokens", "limit", "max_tokens", "never"));
        assertEquals(Set.of("model", "stream", "stream_options", "messages", "limit"), fields(block));
    }

    private static Set<String> fields(Object... config) throws Exception {
        return sent(Bench.HELLO.toBuilder().maxOutputTokens(9).build(), config)
                .members()
                .keySet();
    }

    @Test
    void models_addToTheBlockAndWin() throws Exception {
        Map<String, ?> rules = Map.of(
                "omit", List.of("stream_options", "seed"),
                "rename", Map.of("max_tokens", "max_completion_tokens", "stop", "stop_sequences"),
                "models",
                        Map.of(
                                "gpt-4.1",
                                Map.of(
                                        "omit", List.of("temperature", "stop"),
                                        "rename", Map.of("seed", "seed", "max_tokens", "limit"))));

        Map<String, Object> other = full(rules).members();
        assertTrue(other.keySet().containsAll(List.of("temperature", "stop_sequences", "max_completion_tokens")));
        assertFalse(other.containsKey("seed") || other.containsKey("stream_options"));
        Map<String, Object> single = sent(FULL.toBuilder().model("gpt-4.1").build(), "request", rules)
                .members();
        assertTrue(single.keySet().containsAll(List.of("seed", "limit")), single::toString);
        for (String gone : List.of(
                "stream_options", "temperature", "stop", "stop_sequences", "max_tokens", "max_completion_tokens")) {
            assertFalse(single.containsKey(gone), gone);
        }
    }

    @Test
    void models_byTheNameThatIsSent() throws Exception {
        OpenAiDialect dialect = new OpenAiDialect() {
            @Override
            public String model(String name) {
                return name + ":fast";
            }
        };
        try (Bench bench = new Bench(
                dialect, "request", Map.of("models", Map.of("m:fast", Map.of("omit", List.of("temperature")))))) {
            assertFalse(
                    bench.sent(Bench.HELLO.toBuilder().temperature(1).build()).contains("temperature"));
        }
    }

    @Test
    void config_whatCannotBe_isAFaultThatSaysWhy() throws Exception {
        for (String fixed : List.of("model", "messages", "stream")) {
            for (Map<String, ?> rules : List.of(
                    Map.of("omit", List.of(fixed)),
                    Map.of("rename", Map.of(fixed, "x")),
                    Map.of("rename", Map.of("x", fixed)))) {
                assertTrue(fault("llm.providers.local.request.", rules).contains("\"" + fixed + "\""));
                assertTrue(fault("llm.providers.local.request.models.\"m.1\".", Map.of("models", Map.of("m.1", rules)))
                        .contains("every request needs it"));
            }
        }
        assertTrue(
                fault("llm.providers.local.request.skip", Map.of("skip", "x")).contains("known: models, omit, rename"));
        assertTrue(fault("llm.providers.local.request.models.m.skip", Map.of("models", Map.of("m", Map.of("skip", 1))))
                .contains("known: omit, rename"));
        assertTrue(fault("llm.providers.local.request.rename", Map.of("omit", "a", "rename", Map.of("a", "b")))
                .contains("remove one of the two"));
        assertTrue(fault("llm.providers.local.request.rename", Map.of("rename", Map.of("a", " ")))
                .contains("blank"));
        assertTrue(fault("llm.providers.local.request.models.m", Map.of("models", Map.of("m", "x")))
                .contains("object"));
    }

    private static String fault(String path, Map<String, ?> rules) throws Exception {
        try (Bench bench = new Bench("request", rules)) {
            assertEquals(1, bench.faults.size(), bench.faults::toString);
            assertTrue(bench.faults.get(0).path().startsWith(path), bench.faults::toString);
            return bench.faults.get(0).toString();
        }
    }

    /**
     * Whatever the rules are, no name is sent twice, no fixed field is lost and no field of the request is overridden.
     */
    @Test
    void anyRules_keepTheBodySound() throws Exception {
        long seed = Long.getLong("llmspi.seed", System.nanoTime());
        Random random = new Random(seed);
        List<String> names = List.of("temperature", "top_p", "max_tokens", "mine", "ours", "tools", "new");
        JsonObject plain = full(Map.of());
        for (int i = 0; i < 200; i++) {
            Map<String, String> rename = new TreeMap<>();
            Set<String> omit = new TreeSet<>();
            for (int j = random.nextInt(4); j > 0; j--) {
                rename.put(names.get(random.nextInt(names.size())), names.get(random.nextInt(names.size())));
                omit.add(names.get(random.nextInt(names.size())));
            }
            omit.removeAll(rename.keySet());
            String which = "llmspi.seed=" + seed + ", case " + i + ": omit " + omit + ", rename " + rename;

            try (Bench bench = new Bench(
                    "extras", Map.of("ours", 2), "request", Map.of("omit", List.copyOf(omit), "rename", rename))) {
                String body = bench.sent(FULL);
                JsonObject object = JsonObject.parse(body);
                for (String name : object.members().keySet()) {
                    String member = ",\"" + name + "\":";
                    assertEquals(body.indexOf(member), body.lastIndexOf(member), which);
                }
                for (String own : List.of("temperature", "top_p", "max_tokens", "mine")) {
                    if (!omit.contains(own) && rename.getOrDefault(own, own).equals(own)) {
                        assertEquals(plain.value(own), object.value(own), which);
                    }
                }
            }
        }
    }
}
