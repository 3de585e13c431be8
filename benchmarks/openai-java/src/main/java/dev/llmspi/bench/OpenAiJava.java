package dev.llmspi.bench;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionAssistantMessageParam;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageParam;
import com.openai.models.chat.completions.ChatCompletionUserMessageParam;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** OpenAI's own library with its default HTTP client, OkHttp. */
public final class OpenAiJava implements Contestant {

    @Override
    public String name() {
        return Names.of(OpenAiJava.class);
    }

    @Override
    public Client open(URI baseUrl, int callers) {
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(baseUrl.toString())
                .apiKey("a-key-for-a-benchmark")
                .maxRetries(0)
                .maxIdleConnections(Math.max(5, callers))
                .keepAliveDuration(Duration.ofMinutes(5))
                .build();
        return new Client() {
            @Override
            public Conversation conversation(List<String> turns) {
                return new CompletionsConversation(client, messages(turns));
            }

            @Override
            public void close() {
                client.close();
            }
        };
    }

    private static List<ChatCompletionMessageParam> messages(List<String> turns) {
        List<ChatCompletionMessageParam> messages = new ArrayList<>(turns.size());
        for (int i = 0; i < turns.size(); i++) {
            messages.add(i % 2 == 0 ? user(turns.get(i)) : assistant(turns.get(i)));
        }
        return messages;
    }

    private static ChatCompletionMessageParam user(String text) {
        return ChatCompletionMessageParam.ofUser(
                ChatCompletionUserMessageParam.builder().content(text).build());
    }

    private static ChatCompletionMessageParam assistant(String text) {
        return ChatCompletionMessageParam.ofAssistant(
                ChatCompletionAssistantMessageParam.builder().content(text).build());
    }

    private record CompletionsConversation(OpenAIClient client, List<ChatCompletionMessageParam> messages)
            implements Conversation {

        @Override
        public String ask(String question) {
            return client.chat()
                    .completions()
                    .create(request(question))
                    .choices()
                    .get(0)
                    .message()
                    .content()
                    .orElseThrow();
        }

        @Override
        public void stream(String question, Runnable onText) {
            try (StreamResponse<ChatCompletionChunk> answer =
                    client.chat().completions().createStreaming(request(question))) {
                answer.stream()
                        .flatMap(chunk -> chunk.choices().stream())
                        .flatMap(choice -> choice.delta().content().stream())
                        .filter(text -> !text.isEmpty())
                        .forEach(text -> onText.run());
            }
        }

        private ChatCompletionCreateParams request(String question) {
            return ChatCompletionCreateParams.builder()
                    .model("acme/large")
                    .messages(messages)
                    .addUserMessage(question)
                    .build();
        }
    }
}
