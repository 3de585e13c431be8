package dev.llmspi.it.faults;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

public enum Mode {
    CHAT,
    ASYNC,
    STREAM;

    /** Returns the reply that a server would send to a call in this mode, with the given text as its content. */
    public Reply answer(String text) {
        return this == STREAM
                ? StreamReply.chunked()
                        .role()
                        .text(text)
                        .finish("stop")
                        .usage(5, 2)
                        .done()
                : Reply.answer(text);
    }

    /** Makes a call in this mode and waits for its end. If the call fails, this method throws the call's exception. */
    public ChatResponse call(LlmClient client, ChatRequest request, CallOptions options, Consumer<String> onText) {
        return switch (this) {
            case CHAT -> client.chat(request, options);
            case ASYNC -> joined(client, request, options);
            case STREAM -> client.stream(request, options).forEachText(onText);
        };
    }

    private static ChatResponse joined(LlmClient client, ChatRequest request, CallOptions options) {
        try {
            return client.chatAsync(request, options).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
