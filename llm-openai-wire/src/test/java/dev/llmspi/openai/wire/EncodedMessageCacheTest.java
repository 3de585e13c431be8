package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ImagePart;
import dev.llmspi.api.Message;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.UserMessage;
import dev.llmspi.api.spi.ProviderConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Tests that a message is encoded only once for all calls of a conversation, and that the requests are the same as
 * without the cache.
 */
class EncodedMessageCacheTest {

    private static final String LONG = "\u00e9\u4e2d\ud83d\ude00 \"quoted\"\n".repeat(1_000);

    private final EncodedMessageCache cache = new EncodedMessageCache(10_000);

    private static byte[] json(int length) {
        return "x".repeat(length).getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] known(Message message) {
        return cache.new Lookup().find(message, MessageForm.PLAIN);
    }

    private static List<Message> conversation() {
        return List.of(
                Message.system(LONG),
                Message.user("short"),
                UserMessage.of(new TextPart(LONG), ImagePart.of(new byte[20_000], "image/png"))
                        .withCacheMark(),
                AssistantMessage.builder()
                        .toolCalls(List.of(new ToolCall("id", "tool", "{\"a\":\"" + "b".repeat(500) + "\"}", true)))
                        .reasoningDetails(List.of(Map.of("type", "reasoning.text", "text", LONG)))
                        .build(),
                Message.tool("id", LONG),
                Message.assistant(LONG));
    }

    private static String sent(Bench bench, List<Message> messages) throws Exception {
        bench.answer(200, "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"x\"}}]}");
        ChatRequest request = ChatRequest.builder()
                .model("m")
                .messages(messages)
                .user("and now?")
                .build();
        bench.provider.chat(request, CallContext.create());
        return bench.request().body();
    }

    @Test
    void conversation_sentAgain_isByteForByteAsFromAProviderThatNeverSawIt() throws Exception {
        List<Message> messages = new ArrayList<>(conversation());
        OpenAiDialect marks = new OpenAiDialect() {
            @Override
            public boolean sendsCacheMarks() {
                return true;
            }
        };
        try (Bench plain = new Bench();
                Bench other = new Bench(marks)) {
            for (int call = 0; call < 3; call++) {
                try (Bench fresh = new Bench("message-cache", 0);
                        Bench freshOther = new Bench(marks, "message-cache", 0)) {
                    assertEquals(sent(fresh, messages), sent(plain, messages));
                    assertEquals(sent(freshOther, messages), sent(other, messages));
                }
                messages.add(Message.user(LONG + call));
            }
        }
    }

    /**
     * The encoded form of a message depends on the model, on its position in the conversation, and on the tool call
     * round.
     */
    @Test
    void anyConversationAndModels_areByteForByteAsWrittenAnew() throws Exception {
        long seed = Long.getLong("llmspi.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 25; i++) {
            String echo = List.of("auto", "always", "never").get(random.nextInt(3));
            List<Message> known = new ArrayList<>();
            List<Message> conversation = new ArrayList<>();
            try (Bench keeping = new Bench("reasoning-echo", echo);
                    Bench forgetting = new Bench("reasoning-echo", echo, "message-cache", 0)) {
                for (int call = 0; call < 12; call++) {
                    if (random.nextInt(6) == 0) {
                        conversation.clear();
                    }
                    for (int j = random.nextInt(4); j >= 0; j--) {
                        boolean another = known.isEmpty() || random.nextInt(3) > 0;
                        Message message = another ? message(random) : known.get(random.nextInt(known.size()));
                        known.add(message);
                        conversation.add(message);
                    }
                    ChatRequest request = ChatRequest.builder()
                            .model(MODELS.get(random.nextInt(MODELS.size())))
                            .messages(conversation)
                            .build();

                    assertEquals(
                            forgetting.sent(request),
                            keeping.sent(request),
                            "llmspi.seed=" + seed + ", case " + i + ", call " + call);
                }
            }
        }
    }

    private static final List<String> MODELS = List.of("m", "mistral-large", "gemini-3");

    private static Message message(Random random) {
        String text = "x".repeat(random.nextInt(500)) + " ".repeat(random.nextInt(3));
        String id = List.of("functions.f:0", "call_1", "abcDEF012").get(random.nextInt(3));
        return switch (random.nextInt(5)) {
            case 0 -> Message.user("u" + text);
            case 1 -> Message.tool(id, text);
            case 2 -> UserMessage.of(new TextPart(""), new TextPart("u" + text)).withCacheMark();
            default -> assistant(random, text, id);
        };
    }

    private static Message assistant(Random random, String text, String id) {
        String signature = "{\"google\":{\"thought_signature\":\"" + "s".repeat(300) + "\"}}";
        ToolCall call = new ToolCall(
                id,
                random.nextBoolean() ? "f" : "functions.f",
                "{}",
                true,
                random.nextBoolean() ? Map.of() : Map.of("extra_content", signature));
        AssistantMessage.Builder message = AssistantMessage.builder()
                .text(text)
                .toolCalls(random.nextBoolean() ? List.of() : List.of(call, call))
                .reasoningDetails(random.nextBoolean() ? List.of() : List.of(Map.of("text", LONG)))
                .providerFields(
                        random.nextBoolean()
                                ? Map.of()
                                : Map.of(
                                        "reasoning_content",
                                        JsonWriter.text(LONG),
                                        "content",
                                        "[{\"type\":\"thinking\"}]"));
        if (random.nextInt(4) > 0) {
            message.from(random.nextInt(3) > 0 ? "local" : "other", MODELS.get(random.nextInt(MODELS.size())));
        }
        return message.build();
    }

    @Test
    void keep_inTwoForms_eachIsFound() {
        Message message = Message.user("x");
        MessageForm trimmed = MessageForm.of(MessageForm.TRIMMED, List.of());
        MessageForm named = MessageForm.of(0, List.of("Aa"));
        cache.put(message, MessageForm.PLAIN, json(300));
        cache.put(message, trimmed, json(400));
        cache.put(message, named, json(500));

        assertArrayEquals(json(300), known(message));
        EncodedMessageCache.Lookup lookup = cache.new Lookup();
        assertArrayEquals(json(400), lookup.find(message, trimmed));
        assertArrayEquals(json(500), lookup.find(message, MessageForm.of(0, List.of("Aa"))));
        assertNull(lookup.find(message, MessageForm.of(0, List.of("BB")))); // another key with the same hash code
        assertEquals(1_200, cache.length());
    }

    /** A message that is sent in a special form is found again in the next call. */
    @Test
    void conversationWithForeignCalls_isFoundAgain() {
        EncodedMessageCache kept = new EncodedMessageCache(1 << 20);
        OpenAiDialect dialect = new OpenAiDialect() {};
        RequestSettings settings =
                RequestSettings.read(ProviderConfig.of("local", Map.of()), dialect, dialect.defaultBaseUrl());
        List<Message> conversation = List.of(
                Message.user(LONG),
                AssistantMessage.builder()
                        .toolCalls(List.of(new ToolCall("functions.f:0", "functions.f", JsonWriter.text(LONG), false)))
                        .from("other", "m")
                        .build(),
                Message.tool("functions.f:0", LONG),
                Message.assistant(LONG + " "));
        ChatRequest request =
                ChatRequest.builder().model("gemini-3").messages(conversation).build();
        new RequestEncoder(dialect, settings, 1 << 24, kept).encode(request, "gemini-3", false, Cancellation.create());

        Recipient recipient = new Recipient("local", "gemini-3", "gemini-3");
        ConversationPlan next = new ConversationPlan(conversation, recipient, "", dialect, ReasoningEcho.AUTO);
        EncodedMessageCache.Lookup lookup = kept.new Lookup();
        for (int i = 0; i < conversation.size(); i++) {
            assertNotNull(lookup.find(conversation.get(i), next.form(i)), "message " + i);
            assertEquals(i == 0, next.form(i).equals(MessageForm.PLAIN));
        }
    }

    @Test
    void request_ofKeptMessages_isBoundedLikeAnyOther() throws Exception {
        List<Message> messages = List.of(Message.user("x".repeat(600)));
        try (Bench bench = new Bench("bounds", Map.of("request", 1_000))) {
            sent(bench, messages);
            List<Message> twice = List.of(messages.get(0), messages.get(0));
            ChatRequest request =
                    ChatRequest.builder().model("m").messages(twice).build();
            assertTrue(bench.failure(request).getMessage().contains("larger than 1000 bytes"));
        }
    }

    @Test
    void keep_aMessage_isFoundByIdentity() {
        Message message = Message.user("the same words");
        byte[] json = json(300);
        cache.put(message, MessageForm.PLAIN, json);

        assertSame(json, known(message));
        assertNull(known(Message.user("the same words")));
    }

    @Test
    void keep_short_isNotWorthIt() {
        Message message = Message.user("x");
        cache.put(message, MessageForm.PLAIN, json(255));
        assertNull(known(message));
    }

    @Test
    void keep_twice_countsOnce() {
        Message message = Message.user("x");
        for (int i = 0; i < 100; i++) {
            cache.put(message, MessageForm.PLAIN, json(300));
        }
        assertArrayEquals(json(300), known(message));
    }

    @Test
    void keep_beyondTheLimit_beginsAnew() {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            messages.add(Message.user("x"));
            cache.put(messages.get(i), MessageForm.PLAIN, json(1_000));
        }
        assertNull(known(messages.get(9)));
        assertArrayEquals(json(1_000), known(messages.get(10)));
    }

    @Test
    void keep_largerThanTheLimit_isNotKeptAndForgetsNothing() {
        Message first = Message.user("x");
        Message large = Message.user("y");
        cache.put(first, MessageForm.PLAIN, json(1_000));
        cache.put(large, MessageForm.PLAIN, json(10_001));
        assertNull(known(large));
        assertArrayEquals(json(1_000), known(first));
    }

    @Test
    @Timeout(60)
    void keep_aMessageNobodyHasAnyMore_takesNoRoom() {
        Message held = Message.user("x");
        cache.put(held, MessageForm.PLAIN, json(300));
        cache.put(Message.user("y"), MessageForm.PLAIN, json(9_000));
        while (cache.length() > 300) {
            System.gc(); // the second entry is removed, because nothing else refers to its message
        }
        assertArrayEquals(json(300), known(held));
    }
}
