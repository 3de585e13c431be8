package dev.llmspi.bench;

import com.openai.client.OpenAIClient;
import com.openai.client.OpenAIClientAsync;
import io.micrometer.observation.ObservationRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.openai.http.okhttp.OpenAiHttpClientBuilderCustomizer;
import org.springframework.ai.openai.setup.OpenAiSetup;

/**
 * Spring AI's model for OpenAI, without Spring Boot. The model cannot be closed, so this class creates the model's two
 * clients in the same way as the model itself does, and closes them.
 */
public final class SpringAi implements Contestant {

    private static final String KEY = "a-key-for-a-benchmark";
    private static final ObservationRegistry UNOBSERVED = ObservationRegistry.NOOP;

    @Override
    public String name() {
        return Names.of(SpringAi.class);
    }

    @Override
    public Client open(URI baseUrl, int callers) {
        String url = baseUrl.toString();
        OpenAiChatOptions options =
                OpenAiChatOptions.builder().model("acme/large").build();
        Duration timeout = options.getTimeout();
        List<OpenAiHttpClientBuilderCustomizer> pool =
                List.of(http -> http.maxIdleConnections(Math.max(5, callers)).keepAliveDuration(Duration.ofMinutes(5)));
        OpenAIClient client = OpenAiSetup.setupSyncClient(
                url, KEY, null, null, null, null, false, false, null, timeout, 0, null, null, UNOBSERVED, null, pool);
        OpenAIClientAsync streaming = OpenAiSetup.setupAsyncClient(
                url, KEY, null, null, null, null, false, false, null, timeout, 0, null, null, UNOBSERVED, null, pool);
        ChatModel model = OpenAiChatModel.builder()
                .openAiClient(client)
                .openAiClientAsync(streaming)
                .options(options)
                .observationRegistry(UNOBSERVED)
                .build();
        return new Client() {
            @Override
            public Conversation conversation(List<String> turns) {
                return new ModelConversation(model, messages(turns));
            }

            @Override
            public void close() {
                client.close();
                streaming.close();
            }
        };
    }

    private static List<Message> messages(List<String> turns) {
        List<Message> messages = new ArrayList<>(turns.size());
        for (int i = 0; i < turns.size(); i++) {
            messages.add(i % 2 == 0 ? new UserMessage(turns.get(i)) : new AssistantMessage(turns.get(i)));
        }
        return messages;
    }

    private record ModelConversation(ChatModel model, List<Message> messages) implements Conversation {

        @Override
        public String ask(String question) {
            return text(model.call(prompt(question)));
        }

        @Override
        public void stream(String question, Runnable onText) {
            model.stream(prompt(question))
                    .doOnNext(piece -> {
                        if (!text(piece).isEmpty()) {
                            onText.run();
                        }
                    })
                    .blockLast();
        }

        private Prompt prompt(String question) {
            List<Message> all = new ArrayList<>(messages.size() + 1);
            all.addAll(messages);
            all.add(new UserMessage(question));
            return new Prompt(all);
        }

        private static String text(ChatResponse response) {
            // The event that reports the usage contains no result.
            String text = response.getResult() == null
                    ? null
                    : response.getResult().getOutput().getText();
            return text == null ? "" : text;
        }
    }
}
