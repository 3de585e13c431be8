package dev.llmspi.it.conversation;

import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.testkit.FakeRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A server that calls tools for {@value #ROUNDS_OF_A_TURN} rounds and then answers the user with text. It stores each
 * answer together with its position in the conversation and compares later requests with the stored answers. If part of
 * an answer is missing or changed, it refuses the request.
 */
abstract class StrictServer implements AutoCloseable {

    static final int ROUNDS_OF_A_TURN = 5;

    private static final List<String> TOOLS = List.of("get_weather", "read-file", "find");
    private static final List<String> PLACES = List.of(
            "{}",
            "{\"city\": \"Br\u00fcssel \ud83d\ude00\",\"days\":1.50}",
            "{\"path\":\"C:\\\\temp\\n\\u00e4\",\"lines\":[1,2],\"deep\":{\"a\":null}}",
            "{ \"q\" : \"a \\\"b\\\" {c}\" }");

    /**
     * An assistant message in a request, and the answer that this server gave at the same position, or null if it gave
     * none.
     */
    record Echo(
            Map<String, @Nullable Object> message, @Nullable Map<String, @Nullable Object> given, boolean inTurn) {

        /** Returns whether this server gave the answer at this position. */
        boolean isOwn() {
            return given != null;
        }

        /** Returns a member of the original answer, or null if the answer had no member with that name. */
        @Nullable
        Object given(String name) {
            return given == null ? null : given.get(name);
        }

        boolean hasCalls() {
            return !JsonParts.objects(message, "tool_calls").isEmpty();
        }

        /** Returns whether the message contains a member whose value differs from the original answer. */
        boolean isOther(String name) {
            return message.containsKey(name) && !Objects.equals(message.get(name), given(name));
        }
    }

    final TestUpstream upstream = TestUpstream.start().answering(this::reply);
    final Random random;
    private final List<String> refusals = new ArrayList<>();
    private final Map<Integer, Map<String, @Nullable Object>> given = new TreeMap<>();
    private Map<String, @Nullable Object> latest = Map.of();
    private List<String> ids = List.of();
    private boolean down;
    private int calls;

    StrictServer(Random random) {
        this.random = random;
    }

    /** Makes the server answer all requests with status 503, or ends this state. */
    synchronized void down(boolean isDown) {
        down = isDown;
    }

    /** Returns the messages of all refusals so far. */
    synchronized List<String> refusals() {
        return List.copyOf(refusals);
    }

    /** Returns the number of answers that this server has given. */
    synchronized int answers() {
        return given.size();
    }

    /** Returns the reasoning in the latest answer, or {@code ""} if there is none. */
    synchronized String lastReasoning() {
        String reasoning = JsonParts.text(latest, "reasoning_content");
        return reasoning.isEmpty() ? JsonParts.text(latest, "reasoning") : reasoning;
    }

    private synchronized Reply reply(FakeRequest request) {
        if (down) {
            return Reply.error(503, "503", "The model is overloaded. Please try again later.");
        }
        Map<String, @Nullable Object> body = JsonParts.object(request.body());
        List<Map<String, @Nullable Object>> messages = JsonParts.objects(body, "messages");
        List<String> found = new ArrayList<>();
        String refusal = refusal(messages, found);
        if (refusal != null) {
            refusals.add(refusal);
            return Reply.json(
                    400, JsonParts.write(Deltas.object("error", Deltas.object("message", refusal, "code", 400))));
        }
        ids = found;
        Map<String, @Nullable Object> answer = answer(roundsOfTurn(messages) == ROUNDS_OF_A_TURN);
        latest = answer;
        given.put(messages.size(), answer);
        boolean wantsTools = answer.containsKey("tool_calls");
        if (Boolean.TRUE.equals(body.get("stream"))) {
            Deltas deltas = new Deltas(random);
            stream(answer, deltas);
            return deltas.reply(finishReason(wantsTools));
        }
        Map<String, @Nullable Object> choice =
                Deltas.object("index", 0, "message", answer, "finish_reason", wantsTools ? "tool_calls" : "stop");
        return Reply.json(
                200, JsonParts.write(Deltas.object("id", "gen-1", "model", "served", "choices", List.of(choice))));
    }

    private @Nullable String refusal(List<Map<String, @Nullable Object>> messages, List<String> found) {
        String refusal = order(messages, found);
        if (refusal != null) {
            return refusal;
        }
        if (found.size() < ids.size() || !found.subList(0, ids.size()).equals(ids)) {
            return "the ids of tool calls are not those of the request before";
        }
        int turn = lastUser(messages);
        for (int i = 0; i < messages.size(); i++) {
            Map<String, @Nullable Object> known = given.get(i);
            Echo echo = new Echo(messages.get(i), known, i > turn);
            boolean assistant = "assistant".equals(echo.message().get("role"));
            if (known != null && (!assistant || !saysTheSame(echo.message(), known))) {
                return "message " + i + " is not the answer that was given";
            }
            refusal =
                    assistant ? judge(echo) : unknownMember(echo.message(), List.of("role", "content", "tool_call_id"));
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }

    /** Returns an error message unless all tool calls are followed by their results in the same order. */
    private static @Nullable String order(List<Map<String, @Nullable Object>> messages, List<String> found) {
        List<String> open = new ArrayList<>();
        for (Map<String, @Nullable Object> message : messages) {
            if ("tool".equals(message.get("role"))) {
                String id = JsonParts.text(message, "tool_call_id");
                if (open.isEmpty() || !open.remove(0).equals(id)) {
                    return "tool result '" + id + "' has no tool call";
                }
                found.add(id);
                continue;
            }
            if (!open.isEmpty()) {
                return "An assistant message with 'tool_calls' must be followed by tool messages";
            }
            JsonParts.objects(message, "tool_calls").forEach(call -> open.add(JsonParts.text(call, "id")));
            if (new HashSet<>(open).size() < open.size()) {
                return "`tool_use` ids must be unique";
            }
            found.addAll(open);
        }
        return open.isEmpty() ? null : "tool calls without a result";
    }

    private static int lastUser(List<Map<String, @Nullable Object>> messages) {
        int last = messages.size() - 1;
        while (last >= 0 && !"user".equals(messages.get(last).get("role"))) {
            last--;
        }
        return last;
    }

    private static int roundsOfTurn(List<Map<String, @Nullable Object>> messages) {
        return (int) messages.subList(lastUser(messages), messages.size()).stream()
                .filter(message -> "assistant".equals(message.get("role")))
                .count();
    }

    private static boolean saysTheSame(Map<String, @Nullable Object> message, Map<String, @Nullable Object> known) {
        List<Map<String, @Nullable Object>> calls = JsonParts.objects(message, "tool_calls");
        List<Map<String, @Nullable Object>> knownCalls = JsonParts.objects(known, "tool_calls");
        boolean same = JsonParts.text(message, "content").equals(JsonParts.text(known, "content"))
                && calls.size() == knownCalls.size();
        for (int i = 0; same && i < calls.size(); i++) {
            Map<String, @Nullable Object> function = JsonParts.object(calls.get(i), "function");
            Map<String, @Nullable Object> knownFunction = JsonParts.object(knownCalls.get(i), "function");
            same = Objects.equals(calls.get(i).get("id"), knownCalls.get(i).get("id"))
                    && Objects.equals(function.get("name"), knownFunction.get("name"))
                    && Objects.equals(function.get("arguments"), knownFunction.get("arguments"));
        }
        return same;
    }

    /** Returns an error message for the first unknown member, or null if all members are known. */
    static @Nullable String unknownMember(Map<String, @Nullable Object> object, List<String> known) {
        for (String name : object.keySet()) {
            if (!known.contains(name)) {
                return "property '" + name + "' is unsupported";
            }
        }
        return null;
    }

    /** Returns the members of a tool call other than ID, type, index, name and arguments. */
    static Map<String, @Nullable Object> rest(Map<String, @Nullable Object> call) {
        Map<String, @Nullable Object> rest = new LinkedHashMap<>(call);
        rest.keySet().removeAll(List.of("id", "type", "function", "index"));
        Map<String, @Nullable Object> function = new LinkedHashMap<>(JsonParts.object(call, "function"));
        function.keySet().removeAll(List.of("name", "arguments"));
        if (!function.isEmpty()) {
            rest.put("function", function);
        }
        return rest;
    }

    private Map<String, @Nullable Object> answer(boolean last) {
        Map<String, @Nullable Object> answer = Deltas.object("role", "assistant");
        if (last) {
            answer.put("content", "That is all, " + random.nextInt(1000) + ".");
        } else {
            answer.put("content", random.nextBoolean() ? null : random.nextBoolean() ? "" : "Let me \"look\" \u2026");
            List<Map<String, @Nullable Object>> wanted = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                wanted.add(Deltas.object("id", id(calls++, wanted.size()), "type", "function", "function", function()));
            }
            answer.put("tool_calls", wanted);
        }
        complete(answer);
        return answer;
    }

    private Map<String, @Nullable Object> function() {
        return Deltas.object(
                "name",
                TOOLS.get(random.nextInt(TOOLS.size())),
                "arguments",
                PLACES.get(random.nextInt(PLACES.size())));
    }

    /** Returns a random string of letters and digits. */
    String letters(int length) {
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < length; i++) {
            letters.append("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".charAt(random.nextInt(62)));
        }
        return letters.toString();
    }

    /** Returns the reason why an echoed answer is refused, or null if it is accepted. */
    abstract @Nullable String judge(Echo echo);

    /** Returns the ID of a tool call, given the call's number in the conversation and its position in the answer. */
    abstract String id(int number, int position);

    /** Adds the members that this server sends in addition to text and tool calls. */
    abstract void complete(Map<String, @Nullable Object> answer);

    /** Splits an answer into the deltas of a stream. */
    abstract void stream(Map<String, @Nullable Object> answer, Deltas deltas);

    /** Returns the finish reason of a stream. */
    String finishReason(boolean wantsTools) {
        return wantsTools ? "tool_calls" : "stop";
    }

    @Override
    public void close() {
        upstream.close();
    }
}
