package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.Message;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** F3: tool call ids and names are adapted to the server, while the messages keep the original ones. */
class ToolCallIdsTest {

    private static final String SHORT = "[a-zA-Z0-9]{9}";
    private static final String NAME = "[A-Za-z0-9_-]{1,64}";
    private static final String SIXTY = "call_" + "0123456789".repeat(6);

    private static AssistantMessage call(String id) {
        return named(id, "f");
    }

    private static AssistantMessage named(String id, String name) {
        return AssistantMessage.builder()
                .toolCalls(List.of(new ToolCall(id, name, "{}", true)))
                .build();
    }

    private static AssistantMessage from(String provider, String model, AssistantMessage message) {
        return message.toBuilder().from(provider, model).build();
    }

    /** The tool call ids in a request body: those of the calls and those of the results. */
    private record Sent(List<String> calls, List<String> results, String body) {
        String only() {
            assertEquals(calls, results, body);
            assertEquals(1, calls.size(), body);
            return calls.get(0);
        }
    }

    private static Sent sent(String model, Message... conversation) throws Exception {
        return sent(model, List.of(conversation));
    }

    private static Sent sent(String model, List<Message> conversation) throws Exception {
        try (Bench bench = new Bench()) {
            return sent(bench, model, conversation);
        }
    }

    private static Sent sent(Bench bench, String model, List<Message> conversation) throws Exception {
        ChatRequest request = ChatRequest.builder().model(model).user("u").build().toBuilder()
                .messages(conversation)
                .build();
        String body = bench.sent(request);
        List<String> calls = new ArrayList<>();
        List<String> results = new ArrayList<>();
        for (JsonObject message : JsonObject.parse(body).objects("messages")) {
            message.objects("tool_calls").forEach(call -> calls.add((String) call.value("id")));
            if (message.value("tool_call_id") instanceof String id) {
                results.add(id);
            }
        }
        return new Sent(calls, results, body);
    }

    private static final List<String> FOREIGN = List.of(
            "call_abcDEF0123456789", "functions.get_weather:0", SIXTY, "toolu_01A-b", "a", "", "id with space", "é");

    @Test
    void ofTheSameProviderAndModel_goesOutAsItIs() throws Exception {
        for (String id : FOREIGN) {
            for (String model : List.of("m", "mistral-large")) {
                assertEquals(
                        id,
                        sent(model, from("local", model, call(id)), ToolMessage.of(id, "42"))
                                .only());
            }
        }
    }

    @Test
    void ofAnotherProviderOrModel_takesTheShortForm() throws Exception {
        for (String id : FOREIGN) {
            String first = sent("m", from("other", "m", call(id)), ToolMessage.of(id, "42"))
                    .only();
            assertTrue(first.matches(SHORT), first);
            assertEquals(
                    first,
                    sent("m", from("local", "another", call(id)), ToolMessage.of(id, "42"))
                            .only());
        }
        assertEquals(
                "abcDEF012",
                sent("m", from("other", "m", call("abcDEF012")), ToolMessage.of("abcDEF012", "42"))
                        .only());
        assertTrue(sent("m", from("other", "m", call("abc_EF012")), ToolMessage.of("abc_EF012", "42"))
                .only()
                .matches(SHORT));
    }

    @Test
    void ofUnknownOrigin_isKeptIfEveryUsualServerTakesIt() throws Exception {
        for (String id : List.of("c1", "call_abcDEF0123456789", "a".repeat(40), "toolu_01A-b")) {
            assertEquals(id, sent("m", call(id), ToolMessage.of(id, "42")).only());
        }
        for (String id : List.of("functions.get_weather:0", SIXTY, "a".repeat(41), "")) {
            assertTrue(sent("m", call(id), ToolMessage.of(id, "42")).only().matches(SHORT), id);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mistral-large",
                "mistralai/Magistral-Small",
                "ministral-8b",
                "codestral",
                "devstral",
                "pixtral",
                "voxtral"
            })
    void ofUnknownOrigin_toMistral_hasItsShape(String model) throws Exception {
        assertTrue(sent(model, call("c1"), ToolMessage.of("c1", "42")).only().matches(SHORT));
        assertEquals(
                "abcDEF012",
                sent(model, call("abcDEF012"), ToolMessage.of("abcDEF012", "42"))
                        .only());
        assertTrue(sent(model, ToolMessage.of("call_1", "42")).results().get(0).matches(SHORT));
    }

    @Test
    void ofUnknownOrigin_toTheHostOfMistral_hasItsShape() {
        List<Message> conversation = List.of(call("c1"), ToolMessage.of("c1", "42"));
        OpenAiDialect dialect = new OpenAiDialect() {};
        Recipient recipient = new Recipient("local", "some-model", "some-model");

        ConversationPlan there =
                new ConversationPlan(conversation, recipient, "api.mistral.ai", dialect, ReasoningEcho.AUTO);
        ConversationPlan elsewhere =
                new ConversationPlan(conversation, recipient, "api.example", dialect, ReasoningEcho.AUTO);

        assertTrue(there.form(0).ids().get(0).matches(SHORT));
        assertEquals(there.form(0).ids(), there.form(1).ids());
        assertEquals(List.of(), elsewhere.form(0).ids());
    }

    @Test
    void result_goesWithTheNearestCallBeforeIt() throws Exception {
        Sent sent = sent(
                "m",
                from("local", "m", call("call_1")),
                ToolMessage.of("call_1", "own"),
                from("other", "m", call("call_1")),
                ToolMessage.of("call_1", "foreign"),
                from("local", "m", call("call_1")),
                ToolMessage.of("call_1", "own again"),
                ToolMessage.of("functions.f:0", "of no call"));

        assertEquals(sent.calls(), sent.results().subList(0, 3));
        assertEquals("call_1", sent.calls().get(0));
        assertTrue(sent.calls().get(1).matches(SHORT));
        assertEquals("call_1", sent.calls().get(2));
        assertTrue(sent.results().get(3).matches(SHORT));
    }

    @Test
    void anotherIdThatEqualsAShortForm_staysAnother() throws Exception {
        String taken = ToolCallIds.shortForm("call_1");
        List<Message> conversation = List.of(
                from("other", "m", call("call_1")),
                ToolMessage.of("call_1", "first"),
                from("other", "m", call(taken)),
                ToolMessage.of(taken, "second"));

        Sent sent = sent("m", conversation);

        assertEquals(sent.calls(), sent.results());
        assertEquals(taken, sent.calls().get(1));
        assertNotEquals(taken, sent.calls().get(0));
        assertTrue(sent.calls().get(0).matches(SHORT));
        assertEquals(sent.body(), sent("m", conversation).body());

        Sent own = sent("m", conversation.get(0), conversation.get(1), from("local", "m", call(taken)));
        assertEquals(taken, own.calls().get(1));
        assertNotEquals(taken, own.calls().get(0));
        assertEquals(own.calls().get(0), own.results().get(0));
    }

    @Test
    void theSameInEachTurn_andTheOriginalInOurMessages() throws Exception {
        List<Message> conversation = new ArrayList<>();
        conversation.add(Message.user("u"));
        String last = "";
        try (Bench bench = new Bench()) {
            for (int turn = 0; turn < 5; turn++) {
                AssistantMessage said = from("other", "m", named("functions.f:" + turn, "functions.f"));
                conversation.add(said);
                conversation.add(ToolMessage.of("functions.f:" + turn, "x".repeat(300)));
                String body = sent(bench, "m", conversation).body();

                assertTrue(body.startsWith(last), body);
                assertEquals(body, sent("m", conversation).body());
                assertEquals("functions.f:" + turn, said.toolCalls().get(0).id());
                last = body.substring(0, body.length() - 2);
            }
        }
    }

    /** Three kinds of strict servers accept every conversation and find the call that belongs to each result. */
    @Test
    void anyConversation_pairsUpAndNoTwoIdsBecomeOne() throws Exception {
        long seed = Long.getLong("llmspi.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            List<Message> conversation = new ArrayList<>();
            List<String> originals = new ArrayList<>();
            for (int j = 1 + random.nextInt(8); j > 0; j--) {
                String id = FOREIGN.get(random.nextInt(FOREIGN.size())) + random.nextInt(3);
                id = random.nextInt(4) == 0 ? ToolCallIds.shortForm(id) : id;
                AssistantMessage said = call(id);
                said = random.nextBoolean() ? from("other", "m", said) : said;
                conversation.add(said);
                conversation.add(ToolMessage.of(id, "42"));
                originals.add(id);
            }
            String which = "llmspi.seed=" + seed + ", case " + i + ": " + originals;

            Sent sent = sent(random.nextBoolean() ? "m" : "mistral-small", conversation);

            assertEquals(sent.calls(), sent.results(), which);
            Map<String, String> owners = new HashMap<>();
            for (int j = 0; j < originals.size(); j++) {
                assertTrue(sent.calls().get(j).matches("[a-zA-Z0-9_-]{1,40}"), which);
                String owner = owners.putIfAbsent(sent.calls().get(j), originals.get(j));
                assertTrue(owner == null || owner.equals(originals.get(j)), which);
            }
        }
    }

    private static String name(String provider, String name) throws Exception {
        AssistantMessage said = named("abcDEF012", name);
        Sent sent = sent("m", provider.isEmpty() ? said : from(provider, "m", said), ToolMessage.of("abcDEF012", "42"));
        JsonObject call = JsonObject.parse(sent.body())
                .objects("messages")
                .get(0)
                .objects("tool_calls")
                .get(0);
        return (String) call.object("function").value("name");
    }

    @Test
    void names_ofAnotherModel_areMadeFit() throws Exception {
        List<String> unfit = List.of(
                "functions.get_weather",
                "functions/get_weather",
                "n".repeat(80),
                "n".repeat(81),
                "天气",
                "气天",
                "",
                "a b");
        Map<String, String> owners = new HashMap<>();
        for (String name : unfit) {
            for (String provider : List.of("other", "")) {
                String sent = name(provider, name);
                assertTrue(sent.matches(NAME), sent);
                assertEquals(sent, name(provider, name));
                owners.put(sent, name);
            }
            assertEquals(name, name("local", name));
        }
        assertEquals(unfit.size(), owners.size(), owners::toString);
        assertTrue(name("other", "functions.get_weather").startsWith("functions_get_weather_"));
        assertEquals("get_weather-2", name("other", "get_weather-2"));
        assertFalse(name("other", "a.b").equals(name("other", "a_b")));
    }
}
