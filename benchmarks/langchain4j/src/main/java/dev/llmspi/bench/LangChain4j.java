package dev.llmspi.bench;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * LangChain4j's models for OpenAI with their default, the JDK's HTTP client. That client has no setting for the pool
 * size and does not need to be closed.
 */
public final class LangChain4j implements Contestant {

    @Override
    public String name() {
        return Names.of(LangChain4j.class);
    }

    @Override
    public Client open(URI baseUrl, int callers) {
        ChatModel model = OpenAiChatModel.builder()
                .baseUrl(baseUrl.toString())
                .apiKey("a-key-for-a-benchmark")
                .modelName("acme/large")
                .maxRetries(0)
                .build();
        StreamingChatModel streaming = OpenAiStreamingChatModel.builder()
                .baseUrl(baseUrl.toString())
                .apiKey("a-key-for-a-benchmark")
                .modelName("acme/large")
                .build();
        return turns -> new ModelConversation(model, streaming, messages(turns));
    }

    private static List<ChatMessage> messages(List<String> turns) {
        List<ChatMessage> messages = new ArrayList<>(turns.size());
        for (int i = 0; i < turns.size(); i++) {
            messages.add(i % 2 == 0 ? UserMessage.from(turns.get(i)) : AiMessage.from(turns.get(i)));
        }
        return messages;
    }

    private record ModelConversation(ChatModel model, StreamingChatModel streaming, List<ChatMessage> messages)
            implements Conversation {

        @Override
        public String ask(String question) {
            return model.chat(request(question)).aiMessage().text();
        }

        @Override
        public void stream(String question, Runnable onText) {
            StreamEnd end = new StreamEnd(onText);
            streaming.chat(request(question), end);
            end.answer.join();
        }

        private ChatRequest request(String question) {
            List<ChatMessage> all = new ArrayList<>(messages.size() + 1);
            all.addAll(messages);
            all.add(UserMessage.from(question));
            return ChatRequest.builder().messages(all).build();
        }
    }

    /**
     * A handler that completes a future at the end of a stream. The HTTP client delivers the stream on its own threads,
     * so the caller waits for the future.
     */
    private static final class StreamEnd implements StreamingChatResponseHandler {
        private final Runnable onText;
        private final CompletableFuture<ChatResponse> answer = new CompletableFuture<>();

        StreamEnd(Runnable onText) {
            this.onText = onText;
        }

        @Override
        public void onPartialResponse(String text) {
            if (!text.isEmpty()) {
                onText.run();
            }
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            answer.complete(response);
        }

        @Override
        public void onError(Throwable error) {
            answer.completeExceptionally(error);
        }
    }
}
