package dev.llmspi.it.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.error.LlmException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Checks that the strict servers refuse a request if it lacks or changes a part that {@link ConversationTest} relies
 * on.
 */
@Timeout(30)
class StrictServerTest {

    private static final long SEED = 7;
    /** The configuration of a chain that contains only the first server. */
    private static final String ALONE = "llm.chains.default = [first]\n";

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** Assistant messages of a request: one from the server itself and one from another model. */
    private record Answers(Map<String, @Nullable Object> own, Map<String, @Nullable Object> foreign) {

        static Map<String, @Nullable Object> call(Map<String, @Nullable Object> answer) {
            return JsonParts.objects(answer, "tool_calls").get(0);
        }

        Map<String, @Nullable Object> google() {
            return JsonParts.object(JsonParts.object(call(own), "extra_content"), "google");
        }
    }

    /** A change to a request, and the error message with which servers of that shape refuse it. */
    private record Case(Shape shape, String what, String words, Consumer<Answers> change) {}

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        gemini(cases);
        for (Shape shape : List.of(Shape.GEMINI_IN_THE_FUNCTION, Shape.GEMINI_AT_LITELLM)) {
            cases.add(new Case(shape, "signature in another place", SignatureServer.CORRUPTED, said -> {
                Answers.call(said.own()).put("thought_signature", "x");
            }));
        }
        cases.add(new Case(Shape.GEMINI_IN_THE_FUNCTION, "no signature", SignatureServer.MISSING, said -> {
            JsonParts.object(Answers.call(said.own()), "function").remove("thought_signature");
        }));
        reasoning(cases, Shape.REASONING_CONTENT, "reasoning_content");
        reasoning(cases, Shape.REASONING, "reasoning");
        reasoning(cases, Shape.REASONING_UNDER_BOTH_NAMES, "reasoning_content");
        reasoning(cases, Shape.REASONING_UNDER_BOTH_NAMES, "reasoning");
        thinking(cases, Shape.THINKING_BLOCKS, "thinking_blocks");
        thinking(cases, Shape.REASONING_DETAILS, "reasoning_details");
        for (Shape shape : List.of(Shape.PLAIN, Shape.MISTRAL)) {
            cases.add(new Case(shape, "a member of an answer", "property 'reasoning_content' is unsupported", said -> {
                said.foreign().put("reasoning_content", "x");
            }));
            cases.add(new Case(shape, "a member of a call", "property 'extra_content' is unsupported", said -> {
                Answers.call(said.own()).put("extra_content", "x");
            }));
        }
        cases.add(new Case(Shape.PLAIN, "changed reasoning", "property 'reasoning' is unsupported", said -> {
            said.own().put("reasoning", "x");
        }));
        return cases;
    }

    private static void gemini(List<Case> cases) {
        add(cases, "no signature", SignatureServer.MISSING, said -> Answers.call(said.own())
                .remove("extra_content"));
        add(cases, "no stand-in", SignatureServer.MISSING, said -> Answers.call(said.foreign())
                .remove("extra_content"));
        add(cases, "changed signature", SignatureServer.CORRUPTED, said -> said.google()
                .compute("thought_signature", (name, value) -> value + "="));
        add(cases, "changed beside the signature", SignatureServer.CORRUPTED, said -> said.google()
                .put("note", "x"));
        add(cases, "less beside the signature", SignatureServer.CORRUPTED, said -> said.google()
                .remove("nothing"));
        add(cases, "stand-in for an own one", SignatureServer.CORRUPTED, said -> Answers.call(said.own())
                .put("extra_content", Answers.call(said.foreign()).get("extra_content")));
        add(cases, "signature of another call", SignatureServer.CORRUPTED, said -> Answers.call(said.foreign())
                .put("extra_content", Answers.call(said.own()).get("extra_content")));
        add(cases, "signature of the message", SignatureServer.CORRUPTED, said -> said.own()
                .put("extra_content", "x"));
    }

    private static void add(List<Case> cases, String what, String words, Consumer<Answers> change) {
        cases.add(new Case(Shape.GEMINI, what, words, change));
    }

    private static void reasoning(List<Case> cases, Shape shape, String name) {
        cases.add(new Case(
                shape, "no " + name, ReasoningServer.MISSING, said -> said.own().remove(name)));
        cases.add(new Case(shape, "empty " + name, ReasoningServer.MISSING, said -> said.own()
                .put(name, "")));
        cases.add(new Case(shape, "trimmed " + name, ReasoningServer.MISSING, said -> said.own()
                .compute(name, (key, value) -> String.valueOf(value).strip())));
        cases.add(new Case(shape, "foreign " + name, ReasoningServer.INVENTED, said -> said.foreign()
                .put(name, said.own().get(name))));
        cases.add(new Case(shape, "unknown member", "property 'x' is unsupported", said -> said.own()
                .put("x", 1)));
    }

    private static void thinking(List<Case> cases, Shape shape, String name) {
        cases.add(new Case(
                shape, "none", ThinkingServer.INVALID, said -> said.own().remove(name)));
        cases.add(new Case(shape, "changed", ThinkingServer.INVALID, said -> JsonParts.objects(said.own(), name)
                .get(0)
                .put("signature", "x")));
        cases.add(new Case(shape, "other order", ThinkingServer.INVALID, said -> {
            List<@Nullable Object> parts = new ArrayList<>(JsonParts.objects(said.own(), name));
            parts.add(0, parts.remove(parts.size() - 1));
            said.own().put(name, parts);
        }));
        cases.add(new Case(shape, "twice", ThinkingServer.INVALID, said -> {
            List<@Nullable Object> parts = new ArrayList<>(JsonParts.objects(said.own(), name));
            parts.addAll(List.copyOf(parts));
            said.own().put(name, parts);
        }));
        cases.add(new Case(shape, "foreign", ThinkingServer.INVALID, said -> said.foreign()
                .put(name, said.own().get(name))));
    }

    /** Returns a conversation with three answers. Another model gave the second one. */
    private static ToolRounds rounds(Shape shape) {
        Shape other = shape == Shape.MISTRAL ? Shape.PLAIN : Shape.MISTRAL;
        ToolRounds rounds = new ToolRounds(shape, other, false, new Random(SEED), "seed " + SEED);
        rounds.user("Hello");
        rounds.round();
        rounds.first.down(true);
        rounds.round();
        rounds.first.down(false);
        rounds.round();
        return rounds;
    }

    private static HttpResponse<String> post(ToolRounds rounds, Map<String, @Nullable Object> body) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(rounds.first.upstream.url("/v1/chat/completions"))
                        .POST(HttpRequest.BodyPublishers.ofString(JsonParts.write(body)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static List<Map<String, @Nullable Object>> messages(Map<String, @Nullable Object> body, String role) {
        return JsonParts.objects(body, "messages").stream()
                .filter(message -> role.equals(message.get("role")))
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Shape.class)
    void onePartMissingOrChanged_isRefused(Shape shape) throws Exception {
        try (ToolRounds rounds = rounds(shape)) {
            String sent = rounds.first.upstream.lastRequest().body();
            for (Case one : cases()) {
                if (one.shape() == shape) {
                    assertRefused(rounds, sent, shape + ": " + one.what(), one.words(), body -> one.change()
                            .accept(new Answers(said(body, 0), said(body, 1))));
                }
            }
            idsTextsOrOrderAreDifferent(rounds, sent);

            assertEquals(200, post(rounds, JsonParts.object(sent)).statusCode());
        }
    }

    private static void idsTextsOrOrderAreDifferent(ToolRounds rounds, String sent) throws Exception {
        String given = "message 1 is not the answer that was given";
        String ids = "the ids of tool calls are not those of the request before";
        assertRefused(rounds, sent, "text", given, body -> said(body, 0).put("content", "x"));
        assertRefused(rounds, sent, "arguments", given, body -> function(said(body, 0))
                .put("arguments", "{ }"));
        assertRefused(
                rounds, sent, "name", given, body -> function(said(body, 0)).put("name", "x"));
        assertRefused(rounds, sent, "own id", ids, body -> rename(body, 0));
        assertRefused(rounds, sent, "foreign id", ids, body -> rename(body, 1));
        assertRefused(rounds, sent, "id of a result", "tool result 'x' has no tool call", body -> messages(body, "tool")
                .get(0)
                .put("tool_call_id", "x"));
        assertRefused(rounds, sent, "no result", "An assistant message with 'tool_calls' must be followed", body -> {
            List<@Nullable Object> fewer = new ArrayList<>(JsonParts.objects(body, "messages"));
            fewer.remove(fewer.indexOf(said(body, 1)) - 1);
            body.put("messages", fewer);
        });
    }

    private static Map<String, @Nullable Object> said(Map<String, @Nullable Object> body, int index) {
        return messages(body, "assistant").get(index);
    }

    private static Map<String, @Nullable Object> function(Map<String, @Nullable Object> answer) {
        return JsonParts.object(Answers.call(answer), "function");
    }

    /** Changes the ID of an answer's first tool call, and of the result of that call, to another valid ID. */
    private static void rename(Map<String, @Nullable Object> body, int index) {
        List<Map<String, @Nullable Object>> messages = JsonParts.objects(body, "messages");
        Map<String, @Nullable Object> answer = said(body, index);
        Answers.call(answer).put("id", "abcdefgh9");
        messages.get(messages.indexOf(answer) + 1).put("tool_call_id", "abcdefgh9");
    }

    private static void assertRefused(
            ToolRounds rounds, String sent, String what, String words, Consumer<Map<String, @Nullable Object>> change)
            throws Exception {
        Map<String, @Nullable Object> body = JsonParts.object(sent);
        change.accept(body);
        HttpResponse<String> response = post(rounds, body);
        assertEquals(400, response.statusCode(), what);
        Map<String, @Nullable Object> error = JsonParts.object(JsonParts.object(response.body()), "error");
        assertTrue(JsonParts.text(error, "message").startsWith(words), what + response.body());
    }

    @ParameterizedTest
    @EnumSource(
            value = Shape.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"PLAIN", "MISTRAL"})
    void conversationStoredWithoutProviderData_isRefused(Shape shape) {
        try (ToolRounds rounds = rounds(shape)) {
            rounds.configure(ALONE);
            rounds.change(AssistantMessage::withoutProviderData);

            assertRefusedOnce(rounds);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Shape.class,
            names = {
                "REASONING_CONTENT",
                "REASONING",
                "REASONING_UNDER_BOTH_NAMES",
                "THINKING_BLOCKS",
                "REASONING_DETAILS"
            })
    void reasoningThatIsNotSentBack_isRefused(Shape shape) {
        try (ToolRounds rounds = rounds(shape)) {
            rounds.configure(ALONE + "llm.providers.first.reasoning-echo = never");

            assertRefusedOnce(rounds);
        }
    }

    private static void assertRefusedOnce(ToolRounds rounds) {
        LlmException error = assertThrows(LlmException.class, rounds::round);

        assertEquals(OptionalInt.of(400), error.status());
        assertEquals(1, rounds.first.refusals().size());
    }
}
