package dev.llmspi.it.conversation;

import static dev.llmspi.it.conversation.Deltas.object;

import java.math.BigDecimal;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Behaves like Gemini, which signs the first tool call of each answer, and also text. Requests must return both kinds
 * of signatures unchanged.
 */
final class SignatureServer extends StrictServer {

    static final String MISSING = "Function call is missing a thought_signature in functionCall parts.";
    static final String CORRUPTED = "Corrupted thought signature.";

    /** The member that carries the signature of a tool call. */
    enum Place {
        /** The member that Google's own endpoint uses. */
        EXTRA_CONTENT,
        /** The member that Portkey uses. */
        FUNCTION,
        /** The member that LiteLLM uses. LiteLLM also appends the signature to the tool call ID. */
        SPECIFIC_FIELDS
    }

    private static final Map<String, @Nullable Object> STAND_IN =
            object("extra_content", object("google", object("thought_signature", "skip_thought_signature_validator")));

    private final Place place;

    SignatureServer(Random random, Place place) {
        super(random);
        this.place = place;
    }

    @Override
    @Nullable
    String judge(Echo echo) {
        if (echo.isOther("extra_content")
                || echo.given("extra_content") != null && !echo.message().containsKey("extra_content")) {
            return CORRUPTED;
        }
        List<Map<String, @Nullable Object>> calls = JsonParts.objects(echo.message(), "tool_calls");
        List<Map<String, @Nullable Object>> given =
                echo.given() == null ? List.of() : JsonParts.objects(echo.given(), "tool_calls");
        for (int i = 0; i < calls.size(); i++) {
            Map<String, @Nullable Object> rest = rest(calls.get(i));
            String refusal = echo.isOwn()
                    ? own(rest, rest(given.get(i)))
                    : foreign(rest, i == 0 && echo.inTurn() && place == Place.EXTRA_CONTENT);
            if (refusal != null) {
                return refusal;
            }
        }
        return unknownMember(echo.message(), List.of("role", "content", "tool_calls", "extra_content"));
    }

    private static @Nullable String own(Map<String, @Nullable Object> rest, Map<String, @Nullable Object> given) {
        return rest.equals(given) ? null : rest.isEmpty() ? MISSING : CORRUPTED;
    }

    private static @Nullable String foreign(Map<String, @Nullable Object> rest, boolean needed) {
        return rest.isEmpty() ? needed ? MISSING : null : rest.equals(STAND_IN) ? null : CORRUPTED;
    }

    @Override
    String id(int number, int position) {
        return place == Place.SPECIFIC_FIELDS
                ? "call_" + letters(24) + "__thought__" + signature()
                : "function-call-" + Math.abs(random.nextLong());
    }

    private String signature() {
        byte[] bytes = new byte[31];
        random.nextBytes(bytes);
        return "Cp+/" + Base64.getEncoder().encodeToString(bytes);
    }

    private Map<String, @Nullable Object> signed() {
        return object("thought_signature", signature());
    }

    private Map<String, @Nullable Object> extraContent() {
        Map<String, @Nullable Object> google = signed();
        google.put("note", "a \"quoted\" \\ line\n\u2028 <b> \u00e9 \ud83d\ude00 " + letters(3));
        google.put("n", new BigDecimal("12345678901234567890"));
        google.put("nothing", null);
        return object("google", google, "other", List.of(new BigDecimal("0.10"), true, object("a/b", "c=d")));
    }

    @Override
    void complete(Map<String, @Nullable Object> answer) {
        List<Map<String, @Nullable Object>> calls = JsonParts.objects(answer, "tool_calls");
        if (calls.isEmpty()) {
            answer.put("extra_content", object("google", signed()));
            return;
        }
        Map<String, @Nullable Object> first = calls.get(0);
        switch (place) {
            case EXTRA_CONTENT -> first.put("extra_content", extraContent());
            case FUNCTION -> JsonParts.object(first, "function").putAll(signed());
            case SPECIFIC_FIELDS -> {
                Map<String, @Nullable Object> signature = signed();
                first.put("provider_specific_fields", signature);
                JsonParts.object(first, "function").put("provider_specific_fields", signature);
            }
        }
    }

    /**
     * Sends each tool call in one delta, with or without an index. The signature is sent with the call, after it, or
     * both.
     */
    @Override
    void stream(Map<String, @Nullable Object> answer, Deltas deltas) {
        Object text = answer.get("extra_content");
        boolean early = random.nextBoolean();
        if (text != null && early) {
            deltas.add(object("content", "", "extra_content", text));
        }
        deltas.content(answer);
        if (text != null && !early) {
            deltas.add(object("extra_content", text));
        }
        boolean indexed = random.nextBoolean();
        int index = 0;
        for (Map<String, @Nullable Object> call : JsonParts.objects(answer, "tool_calls")) {
            int form = random.nextInt(3);
            Map<String, @Nullable Object> head = indexed ? object("index", index) : object();
            head.putAll(call);
            Map<String, @Nullable Object> tail = indexed ? object("index", index) : object("id", call.get("id"));
            tail.putAll(rest(call));
            if (form == 0 && tail.size() > 1) {
                head.keySet().retainAll(List.of("index", "id", "type", "function"));
                Map<String, @Nullable Object> function = new LinkedHashMap<>(JsonParts.object(call, "function"));
                function.keySet().retainAll(List.of("name", "arguments"));
                head.put("function", function);
            }
            deltas.add(object("tool_calls", List.of(head)));
            if (form != 1 && tail.size() > 1) {
                deltas.add(object("tool_calls", List.of(tail)));
            }
            index++;
        }
    }

    @Override
    String finishReason(boolean wantsTools) {
        return "stop";
    }
}
