package dev.llmspi.bench;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A conversation that uses this library, shared by this library's two contestants. */
record LlmspiConversation(
        List<Message> messages, Function<ChatRequest, ChatResponse> chat, Function<ChatRequest, ChatStream> stream)
        implements Contestant.Conversation {

    static LlmspiConversation of(
            List<String> turns, Function<ChatRequest, ChatResponse> chat, Function<ChatRequest, ChatStream> stream) {
        List<Message> messages = new ArrayList<>(turns.size());
        for (int i = 0; i < turns.size(); i++) {
            messages.add(i % 2 == 0 ? Message.user(turns.get(i)) : Message.assistant(turns.get(i)));
        }
        return new LlmspiConversation(messages, chat, stream);
    }

    @Override
    public String ask(String question) {
        return chat.apply(request(question)).text();
    }

    @Override
    public void stream(String question, Runnable onText) {
        try (ChatStream answer = stream.apply(request(question))) {
            answer.forEachText(text -> onText.run());
        }
    }

    private ChatRequest request(String question) {
        return ChatRequest.builder()
                .model("acme/large")
                .messages(messages)
                .user(question)
                .build();
    }
}
