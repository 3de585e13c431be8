package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ContentPart;
import dev.llmspi.api.ImagePart;
import dev.llmspi.api.Message;
import dev.llmspi.api.SystemMessage;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolMessage;
import dev.llmspi.api.UserMessage;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** F4: blank text is never sent to a server. */
class BlankTextTest {

    private static final OpenAiDialect MARKS = new OpenAiDialect() {
        @Override
        public boolean sendsCacheMarks() {
            return true;
        }
    };

    private static final ContentPart IMAGE = ImagePart.of(URI.create("https://x.example/"));
    private static final String IMAGE_SENT = "{'type':'image_url','image_url':{'url':'https://x.example/'}}";
    private static final String MARK = "'cache_control':{'type':'ephemeral'}";

    /** Sends the messages and returns them as they were sent. */
    private static String sent(OpenAiDialect dialect, Message... messages) throws Exception {
        try (Bench bench = new Bench(dialect)) {
            String body = bench.sent(
                    ChatRequest.builder().model("m").messages(List.of(messages)).build());
            return body.substring(body.indexOf("\"messages\":") + 11, body.length() - 1)
                    .replace('"', '\'');
        }
    }

    private static String sent(Message... messages) throws Exception {
        return sent(new OpenAiDialect() {}, messages);
    }

    private static ContentPart text(String text) {
        return new TextPart(text);
    }

    private static AssistantMessage said(ContentPart... parts) {
        return AssistantMessage.builder().content(List.of(parts)).build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t", "\u00a0", "\u2003 "})
    void blankParts_areLeftOut(String blank) throws Exception {
        assertEquals("[{'role':'user','content':[" + IMAGE_SENT + "]}]", sent(UserMessage.of(text(blank), IMAGE)));
        assertEquals("[{'role':'user','content':'hello'}]", sent(UserMessage.of(text(blank), text("hello"))));
        assertEquals(
                "[{'role':'system','content':[{'type':'text','text':'a'},{'type':'text','text':' b '}]}]",
                sent(SystemMessage.of(text("a"), text(blank), text(" b "))));
        assertEquals(
                "[{'role':'tool','tool_call_id':'c1','content':'42'}]",
                sent(new ToolMessage("c1", List.of(text("42"), text(blank)), false, false)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "\u00a0"})
    void messageThatSaysNothing_isLeftOut(String blank) throws Exception {
        String others = "[{'role':'user','content':'a'},{'role':'user','content':'b'}]";

        assertEquals(others, sent(Message.user("a"), Message.assistant(blank), Message.user("b")));
        assertEquals(others, sent(Message.user("a"), said(text(blank), text("")), said(), Message.user("b")));
        assertEquals(
                others,
                sent(
                        Message.user("a"),
                        AssistantMessage.builder()
                                .text(blank)
                                .reasoningDetails(List.of(Map.of("text", "thought")))
                                .providerFields(
                                        Map.of("reasoning_content", "\"x\"", "refusal", "null", "annotations", "[]"))
                                .build(),
                        Message.user("b")));
    }

    @Test
    void messageOfNoBreakSpacesByTheUser_isLeftOutToo() throws Exception {
        assertEquals(
                "[{'role':'user','content':'a'}]", sent(Message.user("\u00a0"), Message.user("a"), said(text("\n"))));
    }

    @Test
    void answerThatIsNotText_stays() throws Exception {
        AssistantMessage sound = AssistantMessage.builder()
                .text("")
                .providerFields(Map.of("audio", "{\"id\":\"audio_1\"}"))
                .build();

        assertEquals(
                "[{'role':'assistant','content':null,'audio':{'id':'audio_1'}},{'role':'user','content':'b'}]",
                sent(sound, Message.user("b")));
    }

    @Test
    void nothingElse_staysAsItIs() throws Exception {
        assertEquals("[{'role':'assistant','content':''}]", sent(said()));
        assertEquals("[{'role':'assistant','content':' '}]", sent(said(text(" "))));
        assertEquals("[{'role':'user','content':'\u00a0'}]", sent(Message.user("\u00a0")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n"})
    void toolCallsWithBlankText_contentNull(String blank) throws Exception {
        AssistantMessage calls = AssistantMessage.builder()
                .content(List.of(text(blank), text(blank)))
                .toolCalls(List.of(new ToolCall("c1", "f", "{}", true)))
                .build();

        assertTrue(
                sent(calls, Message.tool("c1", "42")).startsWith("[{'role':'assistant','content':null,'tool_calls'"));
    }

    @Test
    void emptyToolResult_saysSo() throws Exception {
        for (ToolMessage empty : List.of(
                ToolMessage.of("c1", ""),
                ToolMessage.of("c1", " \n"),
                ToolMessage.error("c1", ""),
                new ToolMessage("c1", List.of(), false, false),
                new ToolMessage("c1", List.of(text(""), text(" ")), false, false))) {
            assertEquals("[{'role':'tool','tool_call_id':'c1','content':'(no output)'}]", sent(empty));
        }
        assertEquals(
                "[{'role':'tool','tool_call_id':'c1','content':[{'type':'text','text':'(no output)'," + MARK + "}]}]",
                sent(MARKS, ToolMessage.of("c1", "").withCacheMark()));
        assertEquals(
                "[{'role':'tool','tool_call_id':'c1','content':[" + IMAGE_SENT + "]}]",
                sent(new ToolMessage("c1", List.of(text(""), IMAGE), false, false)));
    }

    @Test
    void cacheMark_movesToTheLastTextThatRemains() throws Exception {
        assertEquals(
                "[{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'b'," + MARK + "},"
                        + IMAGE_SENT + "]}]",
                sent(
                        MARKS,
                        UserMessage.of(text("a"), text("b"), IMAGE, text(" ")).withCacheMark()));
        assertEquals(
                "[{'role':'system','content':[{'type':'text','text':'a'," + MARK + "}]}]",
                sent(MARKS, SystemMessage.of(text("a"), text("")).withCacheMark()));
        assertEquals(
                "[{'role':'user','content':[" + IMAGE_SENT + "]}]",
                sent(MARKS, UserMessage.of(IMAGE, text("")).withCacheMark()));
    }

    @Test
    void lastAnswer_losesItsBlankEnd() throws Exception {
        assertEquals(
                "[{'role':'user','content':'q '},{'role':'assistant','content':' The answer:'}]",
                sent(Message.user("q "), Message.assistant(" The answer: \n")));
        assertEquals(
                "[{'role':'assistant','content':[{'type':'text','text':'a '},{'type':'text','text':'b'}]}]",
                sent(said(text("a "), text("b\u00a0"), text(" "))));
        assertEquals("[{'role':'assistant','content':'a'}]", sent(said(text("a ")), Message.assistant("")));
    }

    @Test
    void answerThatIsNotTheLast_keepsItsBlankEnd() throws Exception {
        assertEquals(
                "[{'role':'assistant','content':'a '},{'role':'user','content':'b '}]",
                sent(Message.assistant("a "), Message.user("b ")));
    }

    @Test
    void answerThatWasTheLast_isWholeInTheNextCall() throws Exception {
        String start = "x".repeat(300);
        List<Message> conversation = new ArrayList<>(List.of(Message.user("q"), Message.assistant(start + " ")));
        try (Bench bench = new Bench()) {
            assertFalse(bench.sent(request(conversation)).contains("x \""));
            conversation.add(Message.user("go on"));
            assertTrue(bench.sent(request(conversation)).contains("x \""));
            conversation.remove(2);
            assertFalse(bench.sent(request(conversation)).contains("x \""));
        }
    }

    private static ChatRequest request(List<Message> conversation) {
        return ChatRequest.builder().model("m").messages(conversation).build();
    }
}
