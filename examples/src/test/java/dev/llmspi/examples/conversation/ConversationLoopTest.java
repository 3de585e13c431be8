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
import dev.llmspi.api.Message;
import dev.llmspi.api.ToolCall;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests questions, answers and commands of a conversation. */
class ConversationLoopTest extends ScriptedConversation {

    @Test
    void messages_growWithEachTurn() {
        first.answers("one").answers("two");
        talk(ChatRequest.builder().system("brief").user("-").build(), "a", "", "b  ", "/exit", "never read");
        assertEquals(List.of("S:brief", "U:a", "A:one", "U:b"), lastRequest(first));
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
}
