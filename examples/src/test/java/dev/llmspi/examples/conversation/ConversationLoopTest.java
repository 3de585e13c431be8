package dev.llmspi.examples.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.ImagePart;
import dev.llmspi.api.Message;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.UserMessage;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.examples.show.Terminal;
import dev.llmspi.testkit.ScriptedProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests conversations with scripted providers and lines. */
class ConversationLoopTest {

    private static final ChatRequest PLAIN = ChatRequest.of("-");

    private static final ChatRequest WITH_IMAGE = ChatRequest.builder()
            .message(UserMessage.of(new TextPart("-"), ImagePart.of(new byte[] {1}, "image/png")))
            .build();

    @TempDir
    Path folder;

    private final ScriptedProvider first = ScriptedProvider.named("first");
    private final ScriptedProvider second = ScriptedProvider.named("second");
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<LlmException> errors = new ArrayList<>();
    private Terminal terminal;

    private boolean talk(ChatRequest like, String... lines) {
        return talk(OutputStream.nullOutputStream(), new Output(), like, lines);
    }

    private boolean talk(OutputStream out, TurnOutput output, ChatRequest like, String... lines) {
        terminal = new Terminal(
                InputStream.nullInputStream(), out, err, Map.of("HOME", folder.toString(), "COLUMNS", "1000"), "", "C");
        try (LlmClient client = LlmClient.builder()
                .provider(first)
                .provider(second)
                .chain("default", "first", "second")
                .set("llm.retry.max-retries", 0)
                .build()) {
            return ConversationLoop.run(terminal, client, CallOptions.none(), like, output, new Lines(List.of(lines)));
        }
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** Returns the messages of the last request to a provider, each as its role and text. */
    private static List<String> lastRequest(ScriptedProvider provider) {
        List<ChatRequest> requests = provider.requests();
        return requests.get(requests.size() - 1).messages().stream()
                .map(message -> message.getClass().getSimpleName().charAt(0) + ":" + message.text())
                .toList();
    }

    @Test
    void messages_growWithEachTurn() {
        first.answers("one").answers("two");
        talk(ChatRequest.builder().system("brief").user("-").build(), "a", "", "b  ", "/exit", "never read");
        assertEquals(List.of("S:brief", "U:a", "A:one", "U:b"), lastRequest(first));
    }

    @Test
    void error_dropsTheQuestion_andRetryAsksItAgain() {
        first.answers("one").fails(ErrorKind.INVALID_REQUEST).answers("two");
        second.fails(ErrorKind.INVALID_REQUEST);
        talk(PLAIN, "a", "b", "/retry");
        assertEquals(1, errors.size());
        assertEquals(List.of("U:a", "A:one", "U:b"), lastRequest(first));
        assertTrue(err().contains("/retry asks it again"), err());
    }

    @Test
    void retry_afterAnAnswer_forgetsIt() {
        first.answers("one").answers("two").answers("three");
        talk(PLAIN, "a", "/retry", "b");
        assertEquals(List.of("U:a", "A:two", "U:b"), lastRequest(first));
    }

    @Test
    void retry_thatFails_keepsTheEarlierAnswer() {
        first.answers("one").answers("two").fails(ErrorKind.INVALID_REQUEST).answers("three");
        second.fails(ErrorKind.INVALID_REQUEST);
        talk(PLAIN, "a", "b", "/retry", "c");
        assertEquals(List.of("U:a", "A:one", "U:b", "A:two", "U:c"), lastRequest(first));
        assertTrue(err().contains("the conversation keeps the earlier one; /retry asks again."), err());
    }

    @Test
    void retry_afterARetryThatFailed_asksTheSameQuestion() {
        first.answers("one").fails(ErrorKind.INVALID_REQUEST).answers("two").answers("three");
        second.fails(ErrorKind.INVALID_REQUEST);
        talk(PLAIN, "a", "/retry", "/retry", "b");
        assertEquals(List.of("U:a", "A:two", "U:b"), lastRequest(first));
    }

    @Test
    void retry_ofAnUnansweredQuestion_leavesEarlierAnswersAlone() {
        first.answers("one")
                .fails(ErrorKind.INVALID_REQUEST)
                .fails(ErrorKind.INVALID_REQUEST)
                .answers("two");
        second.fails(ErrorKind.INVALID_REQUEST).fails(ErrorKind.INVALID_REQUEST);
        talk(PLAIN, "a", "b", "/retry", "/retry");
        assertEquals(List.of("U:a", "A:one", "U:b"), lastRequest(first));
    }

    @Test
    void outputWithoutReader_endsTheConversationAndIsReported() {
        first.answers("one");
        assertFalse(talk(new BrokenOutput("Broken pipe"), new PrintingOutput(), PLAIN, "a", "b"));
        assertEquals(1, first.calls());
        assertTrue(err().contains("standard output is closed, so the conversation ends."), err());
    }

    @Test
    void outputOnAFullDisk_isNotCalledClosed() {
        first.answers("one");
        assertFalse(talk(new BrokenOutput("No space left on device"), new PrintingOutput(), PLAIN, "a", "b"));
        assertEquals(1, first.calls());
        assertFalse(err().contains("standard output"), err());
    }

    @Test
    void end_byTheUser_isNoFailure() {
        assertTrue(talk(PLAIN, "/exit"));
        assertTrue(talk(PLAIN));
    }

    @Test
    void retry_withoutQuestion_saysSo() {
        talk(PLAIN, "/retry");
        assertTrue(err().contains("there is no question yet"), err());
    }

    @Test
    void fallback_laterQuestionsGoToTheProviderThatAnswered() {
        first.fails(ErrorKind.RESOURCE_EXHAUSTED);
        second.answers("one").answers("two");
        talk(PLAIN, "a", "b");
        assertEquals(1, first.calls());
        assertEquals(List.of("U:a", "A:one", "U:b"), lastRequest(second));
        assertTrue(err().contains("the next questions go to second first."), err());
    }

    @Test
    void model_isUsedFromTheNextQuestionOn() {
        first.answers("one").answers("two").answers("three");
        talk(PLAIN, "a", "/model other", "b", "/model -", "c");
        List<String> models = first.requests().stream()
                .map(request -> request.model().orElse("-"))
                .toList();
        assertEquals("other", models.get(1));
        assertEquals(models.get(0), models.get(2));
        assertTrue(err().contains("the next question goes to first (other), then second (other)."), err());
    }

    @Test
    void system_canBeChangedAndRemoved() {
        first.answers("one").answers("two");
        talk(PLAIN, "/system be brief", "a", "/system", "/system -", "b");
        assertEquals(List.of("U:a", "A:one", "U:b"), lastRequest(first));
        assertTrue(err().contains("the system prompt is: be brief"), err());
        assertTrue(err().contains("there is no system prompt."), err());
    }

    @Test
    void newConversation_keepsOnlyTheSystemPrompt() {
        first.answers("one").answers("two");
        talk(ChatRequest.builder().system("brief").user("-").build(), "a", "/new", "b");
        assertEquals(List.of("S:brief", "U:b"), lastRequest(first));
        assertTrue(err().contains("Forgotten: 1 question and its answer."), err());
    }

    @Test
    void image_goesWithTheFirstQuestion() {
        first.fails(ErrorKind.INVALID_REQUEST).answers("one").answers("two");
        second.fails(ErrorKind.INVALID_REQUEST);
        talk(WITH_IMAGE, "a", "b", "c", "/save ~/talk.json");
        List<Message> messages = first.requests().get(2).messages();
        assertEquals(2, messages.get(0).content().size());
        assertEquals("b", messages.get(0).text());
        assertEquals(1, messages.get(2).content().size());
        assertTrue(err().contains("without images"), err());
    }

    /** Returns how many parts the last question of each request had; two with an image. */
    private List<Integer> partsOfQuestions() {
        return first.requests().stream()
                .map(request -> request.messages()
                        .get(request.messages().size() - 1)
                        .content()
                        .size())
                .toList();
    }

    @Test
    void image_afterLoad_goesWithTheNextQuestion() {
        first.answers("one").answers("two").answers("three");
        talk(PLAIN, "a", "/save ~/talk.json");
        talk(WITH_IMAGE, "/load ~/talk.json", "b", "c");
        assertEquals(List.of(1, 2, 1), partsOfQuestions());
    }

    @Test
    void image_afterNew_goesWithTheNextQuestionAgain() {
        first.answers("one").answers("two").answers("three");
        talk(WITH_IMAGE, "a", "/new", "b", "c");
        assertEquals(List.of(2, 2, 1), partsOfQuestions());
    }

    @Test
    void toolCall_isNotSentBack() {
        first.answers(response(AssistantMessage.builder()
                        .text("calling")
                        .toolCalls(List.of(new ToolCall("c1", "weather", "{}", true)))
                        .build()))
                .answers("two");
        talk(PLAIN, "a", "b");
        AssistantMessage sent =
                (AssistantMessage) first.requests().get(1).messages().get(1);
        assertEquals("calling", sent.text());
        assertTrue(sent.toolCalls().isEmpty());
    }

    @Test
    void answerWithoutText_dropsTheQuestion() {
        first.answers(response(AssistantMessage.builder()
                        .toolCalls(List.of(new ToolCall("c1", "weather", "{}", true)))
                        .build()))
                .answers("two");
        talk(PLAIN, "a", "b");
        assertEquals(List.of("U:b"), lastRequest(first));
    }

    @Test
    void save_doesNotReplaceAnotherFile() throws Exception {
        first.answers("one").answers("two");
        Path other = Files.writeString(folder.resolve("other.txt"), "precious");
        talk(PLAIN, "a", "/save", "/save ~/other.txt", "/save '" + folder + "/talk.json'", "b", "/save");
        assertEquals("precious", Files.readString(other));
        assertTrue(err().contains("to which file? Type /save FILE."), err());
        assertTrue(err().contains(other + " already exists."), err());
        assertEquals(
                2,
                ConversationFile.load(folder.resolve("talk.json")).exchanges().size());
        first.answers("three");
        talk(PLAIN, "a", "/save --replace ~/other.txt");
        assertTrue(Files.readString(other).startsWith("{"));
    }

    @Test
    void save_readsOptionsWhereverTheyAre() throws Exception {
        first.answers("one").answers("two");
        Path other = Files.writeString(folder.resolve("my other.txt"), "precious");
        talk(PLAIN, "a", "/save --replace", "/save --force x", "/save x --", "/save ~/my other.txt\t--replace");
        assertTrue(err().contains("to which file?"), err());
        assertTrue(err().contains("/save has no option --force."), err());
        assertTrue(err().contains("/save has no option --."), err());
        assertTrue(Files.readString(other).startsWith("{"));
        assertEquals(List.of(), strayFiles());
    }

    @Test
    void save_withoutAnswer_writesNothing() {
        talk(PLAIN, "/save ~/talk.json", "/save");
        assertTrue(err().contains("there is nothing to save"), err());
        assertFalse(Files.exists(folder.resolve("talk.json")));
    }

    /** Returns the files that a wrong /save would leave in the working folder. */
    private static List<Path> strayFiles() {
        return Stream.of("--replace", "--force", "--force x", "x", "x --")
                .map(Path::of)
                .filter(Files::exists)
                .toList();
    }

    @Test
    void load_continuesTheConversation() {
        first.answers("one").fails(ErrorKind.RESOURCE_EXHAUSTED);
        second.answers("two").answers("three");
        String file = folder.resolve("talk.json").toString();
        talk(ChatRequest.builder().system("brief").user("-").build(), "a", "b", "/save " + file);
        talk(PLAIN, "/load " + file, "c");
        assertEquals(2, first.calls());
        assertEquals(List.of("S:brief", "U:a", "A:one", "U:b", "A:two", "U:c"), lastRequest(second));
    }

    @Test
    void load_fromOtherSettings_usesTheChain() throws Exception {
        Path file = folder.resolve("talk.json");
        AssistantMessage answer =
                AssistantMessage.builder().text("one").from("elsewhere", "m").build();
        new ConversationFile(Optional.empty(), List.of(new Exchange(Message.user("a"), answer, false))).save(file);
        first.answers("two");
        talk(PLAIN, "/load " + file, "b");
        assertEquals(List.of("U:a", "A:one", "U:b"), lastRequest(first));
    }

    @Test
    void wrongCommands_haveNoEffect() throws Exception {
        first.answers("one").answers("two");
        Path broken = Files.writeString(folder.resolve("broken.json"), "{");
        talk(PLAIN, "a", "/load " + broken, "/load", "/load \u0000", "/hlep", "/save no/such/folder/x", "/help", "b");
        assertEquals(List.of("U:a", "A:one", "U:b"), lastRequest(first));
        for (String message : new String[] {
            broken + " is not a saved conversation",
            "Type /load FILE",
            "is not a file name",
            "did you mean /help?",
            "there is no folder",
            "/retry"
        }) {
            assertTrue(err().contains(message), message + " is missing: " + err());
        }
    }

    private static ChatResponse response(AssistantMessage message) {
        return ChatResponse.builder(message)
                .finishReason(FinishReason.TOOL_CALLS)
                .build();
    }

    /** Reads the stream without printing it. */
    private class Output implements TurnOutput {
        @Override
        public Optional<ChatResponse> print(ChatStream stream) {
            return Optional.of(stream.collect());
        }

        @Override
        public void report(ChatResponse answer) {
            assertFalse(answer.provider().isEmpty());
        }

        @Override
        public void report(LlmException error) {
            errors.add(error);
        }
    }

    /** Prints the text of each answer. */
    private final class PrintingOutput extends Output {
        @Override
        public Optional<ChatResponse> print(ChatStream stream) {
            ChatResponse answer = stream.collect();
            terminal.out().print(answer.text());
            return terminal.out().checkError() ? Optional.empty() : Optional.of(answer);
        }
    }

    /** An output that cannot be written. */
    private static final class BrokenOutput extends OutputStream {
        private final String reason;

        BrokenOutput(String reason) {
            this.reason = reason;
        }

        @Override
        public void write(int octet) throws IOException {
            throw new IOException(reason);
        }
    }

    /** Returns lines in order. */
    private static final class Lines implements LineInput {
        private final List<String> lines;

        Lines(List<String> lines) {
            this.lines = new ArrayList<>(lines);
        }

        @Override
        public Optional<String> read() {
            return lines.isEmpty() ? Optional.empty() : Optional.of(lines.remove(0));
        }

        @Override
        public void onCtrlC(Runnable action) {}

        @Override
        public void close() {}
    }
}
