package dev.llmspi.it.faults;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** The ways to make a call. */
public enum Mode {
    CHAT,
    ASYNC,
    STREAM;

    /** A good answer of one text, as a server gives it to such a call. */
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

    /** Makes the call on this thread, or on one of the client's and waits for it; throws what the call ends with. */
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
