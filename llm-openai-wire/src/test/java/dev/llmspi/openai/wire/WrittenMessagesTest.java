package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ImagePart;
import dev.llmspi.api.Message;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.UserMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A message is written once for all calls of a conversation, and what goes out is the same as if it were not. */
class WrittenMessagesTest {

    private static final String LONG = "\u00e9\u4e2d\ud83d\ude00 \"quoted\"\n".repeat(1_000);

    private final WrittenMessages written = new WrittenMessages(10_000);

    private static byte[] json(int length) {
        return "x".repeat(length).getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] known(Message message) {
        return written.new Look().of(message, MessageForm.PLAIN);
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
        return bench.request().getBody().utf8();
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
        written.keep(message, MessageForm.PLAIN, json);

        assertSame(json, known(message));
        assertNull(known(Message.user("the same words")));
    }

    @Test
    void keep_short_isNotWorthIt() {
        Message message = Message.user("x");
        written.keep(message, MessageForm.PLAIN, json(255));
        assertNull(known(message));
    }

    @Test
    void keep_twice_countsOnce() {
        Message message = Message.user("x");
        for (int i = 0; i < 100; i++) {
            written.keep(message, MessageForm.PLAIN, json(300));
        }
        assertArrayEquals(json(300), known(message));
    }

    @Test
    void keep_beyondTheLimit_beginsAnew() {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            messages.add(Message.user("x"));
            written.keep(messages.get(i), MessageForm.PLAIN, json(1_000));
        }
        assertNull(known(messages.get(9)));
        assertArrayEquals(json(1_000), known(messages.get(10)));
    }

    @Test
    void keep_largerThanTheLimit_isNotKeptAndForgetsNothing() {
        Message first = Message.user("x");
        Message large = Message.user("y");
        written.keep(first, MessageForm.PLAIN, json(1_000));
        written.keep(large, MessageForm.PLAIN, json(10_001));
        assertNull(known(large));
        assertArrayEquals(json(1_000), known(first));
    }

    @Test
    @Timeout(60)
    void keep_aMessageNobodyHasAnyMore_takesNoRoom() {
        Message held = Message.user("x");
        written.keep(held, MessageForm.PLAIN, json(300));
        written.keep(Message.user("y"), MessageForm.PLAIN, json(9_000));
        while (written.length() > 300) {
            System.gc(); // the message alone held its bytes
        }
        assertArrayEquals(json(300), known(held));
    }
}
