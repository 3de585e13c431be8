package dev.llmspi.core.call;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import java.util.function.BiFunction;

/**
 * The kind of answer that the attempts of a call request: a whole answer or a stream.
 *
 * @param streams whether the answer is a stream
 * @param sender sends the request of one attempt and returns the answer
 */
record AttemptKind<T>(boolean streams, BiFunction<AttemptExecution, ChatRequest, T> sender) {

    static final AttemptKind<ChatResponse> CHAT = new AttemptKind<>(false, AttemptExecution::chat);
    static final AttemptKind<ChatStream> STREAM = new AttemptKind<>(true, AttemptStream::open);
}
