package dev.llmspi.it.conversation;

import static dev.llmspi.it.conversation.Deltas.object;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Behaves like Claude behind a gateway: during a turn with tool calls, requests must return the signed thinking
 * unchanged.
 */
abstract class ThinkingServer extends StrictServer {

    static final String INVALID = "messages.1.content.0: Invalid `signature` in `thinking` block";

    private static final List<String> TEXTS = List.of("thinking", "text", "summary");

    /** The member in which LiteLLM repeats the list of thinking blocks. */
    private static final String COPY = "provider_specific_fields";

    private final String list;
    private final String plain;

    /**
     * @param list the member with the signed thinking
     * @param plain the member with only the text of the thinking
     */
    private ThinkingServer(Random random, String list, String plain) {
        super(random);
        this.list = list;
        this.plain = plain;
    }

    @Override
    @Nullable
    String judge(Echo echo) {
        boolean needed = echo.isOwn() && echo.inTurn() && echo.hasCalls();
        if (echo.isOther(list)
                || echo.isOther(plain)
                || echo.isOther(COPY)
                || needed && !echo.message().containsKey(list)) {
            return INVALID;
        }
        for (Map<String, @Nullable Object> call : JsonParts.objects(echo.message(), "tool_calls")) {
            String refusal = unknownMember(rest(call), List.of());
            if (refusal != null) {
                return refusal;
            }
        }
        return unknownMember(echo.message(), List.of("role", "content", "tool_calls", list, plain, COPY));
    }

    @Override
    String id(int number, int position) {
        return "toolu_01" + letters(22);
    }

    String signature() {
        return "EqoB+/" + letters(40) + "==";
    }

    String thought() {
        return "Hm, \"" + letters(12) + "\": " + letters(30) + " \ud83d\ude00\n";
    }

    @Override
    void stream(Map<String, @Nullable Object> answer, Deltas deltas) {
        for (Map<String, @Nullable Object> part : JsonParts.objects(answer, list)) {
            String text = TEXTS.stream().filter(part::containsKey).findFirst().orElse("");
            Map<String, @Nullable Object> frame = new LinkedHashMap<>(part);
            frame.keySet().removeAll(List.of(text, "signature"));
            if (text.isEmpty()) {
                deltas.add(copied(object("content", "", list, List.of(frame))));
                continue;
            }
            for (String piece : deltas.pieces(JsonParts.text(part, text))) {
                Map<String, @Nullable Object> fragment = new LinkedHashMap<>(frame);
                fragment.put(text, piece);
                unsigned(fragment);
                deltas.add(copied(object("content", "", plain, piece, list, List.of(fragment))));
            }
            if (part.containsKey("signature")) {
                Map<String, @Nullable Object> seal = new LinkedHashMap<>(frame);
                signed(seal, part);
                deltas.add(copied(object(list, List.of(seal))));
            }
        }
        deltas.content(answer);
        deltas.toolCalls(answer);
    }

    /** Adds the copies of the thinking that the gateway sends in another member. */
    Map<String, @Nullable Object> copied(Map<String, @Nullable Object> message) {
        return message;
    }

    /** Adds a placeholder for the signature to a delta that contains a piece of the text. */
    abstract void unsigned(Map<String, @Nullable Object> fragment);

    /** Adds the signature to the last delta of a part. */
    abstract void signed(Map<String, @Nullable Object> seal, Map<String, @Nullable Object> part);

    /** Sends {@code thinking_blocks} without an index, as LiteLLM does. */
    static final class Blocks extends ThinkingServer {

        Blocks(Random random) {
            super(random, "thinking_blocks", "reasoning_content");
        }

        @Override
        void complete(Map<String, @Nullable Object> answer) {
            List<Map<String, @Nullable Object>> blocks = new ArrayList<>();
            StringBuilder plain = new StringBuilder();
            for (int i = random.nextInt(3); i >= 0; i--) {
                String thought = thought();
                plain.append(thought);
                blocks.add(object("type", "thinking", "thinking", thought, "signature", signature()));
                if (random.nextInt(3) == 0) {
                    blocks.add(object("type", "redacted_thinking", "data", signature()));
                }
            }
            answer.put("reasoning_content", plain.toString());
            answer.put("thinking_blocks", blocks);
            copied(answer);
        }

        @Override
        Map<String, @Nullable Object> copied(Map<String, @Nullable Object> message) {
            message.put(COPY, object("thinking_blocks", message.get("thinking_blocks")));
            return message;
        }

        @Override
        void unsigned(Map<String, @Nullable Object> fragment) {
            switch (random.nextInt(3)) {
                case 0 -> fragment.put("signature", null);
                case 1 -> fragment.put("signature", "");
                default -> {} // some LiteLLM versions omit the signature
            }
        }

        /** Adds the signature, either alone or together with a repetition of the whole text. */
        @Override
        void signed(Map<String, @Nullable Object> seal, Map<String, @Nullable Object> part) {
            seal.put("thinking", random.nextBoolean() ? "" : part.get("thinking"));
            seal.put("signature", part.get("signature"));
        }
    }

    /** Sends {@code reasoning_details} with an index, as OpenRouter does. */
    static final class Details extends ThinkingServer {

        Details(Random random) {
            super(random, "reasoning_details", "reasoning");
        }

        @Override
        void complete(Map<String, @Nullable Object> answer) {
            List<Map<String, @Nullable Object>> details = new ArrayList<>();
            StringBuilder plain = new StringBuilder();
            for (int i = random.nextInt(3); i >= 0; i--) {
                String thought = thought();
                plain.append(thought);
                int index = details.size();
                details.add(
                        random.nextBoolean()
                                ? object("type", "reasoning.text", "text", thought, "signature", signature())
                                : object("type", "reasoning.summary", "summary", thought));
                details.get(index).putAll(object("id", null, "format", "anthropic-claude-v1", "index", number(index)));
            }
            List<Map<String, @Nullable Object>> calls = JsonParts.objects(answer, "tool_calls");
            if (random.nextBoolean() && !calls.isEmpty()) {
                details.add(object(
                        "type",
                        "reasoning.encrypted",
                        "data",
                        signature(),
                        "id",
                        calls.get(0).get("id"),
                        "format",
                        "google-gemini-v1",
                        "index",
                        number(details.size())));
            }
            answer.put("reasoning", plain.toString());
            answer.put("reasoning_details", details);
        }

        private static Object number(int value) {
            return BigDecimal.valueOf(value);
        }

        @Override
        void unsigned(Map<String, @Nullable Object> fragment) {}

        @Override
        void signed(Map<String, @Nullable Object> seal, Map<String, @Nullable Object> part) {
            seal.put("signature", part.get("signature"));
        }
    }
}
