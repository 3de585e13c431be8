package dev.llmspi.examples.conversation;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ImagePart;
import dev.llmspi.api.TextPart;
import dev.llmspi.api.UserMessage;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.examples.show.Terminal;
import dev.llmspi.testkit.ScriptedProvider;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/** Runs conversations with scripted providers and lines, for tests. */
abstract class ScriptedConversation {

    static final ChatRequest PLAIN = ChatRequest.of("-");

    static final ChatRequest WITH_IMAGE = ChatRequest.builder()
            .message(UserMessage.of(new TextPart("-"), ImagePart.of(new byte[] {1}, "image/png")))
            .build();

    @TempDir
    Path folder;

    final ScriptedProvider first = ScriptedProvider.named("first");
    final ScriptedProvider second = ScriptedProvider.named("second");
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    final List<LlmException> errors = new ArrayList<>();
    Terminal terminal;

    boolean talk(ChatRequest like, String... lines) {
        return talk(OutputStream.nullOutputStream(), new Output(), like, lines);
    }

    boolean talk(OutputStream out, TurnOutput output, ChatRequest like, String... lines) {
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

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** Returns the messages of the last request to a provider, each as its role and text. */
    static List<String> lastRequest(ScriptedProvider provider) {
        List<ChatRequest> requests = provider.requests();
        return requests.get(requests.size() - 1).messages().stream()
                .map(message -> message.getClass().getSimpleName().charAt(0) + ":" + message.text())
                .toList();
    }

    /** Returns how many parts the last question of each request had; two with an image. */
    List<Integer> partsOfQuestions() {
        return first.requests().stream()
                .map(request -> request.messages()
                        .get(request.messages().size() - 1)
                        .content()
                        .size())
                .toList();
    }

    /** Reads the stream without printing it. */
    class Output implements TurnOutput {
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
