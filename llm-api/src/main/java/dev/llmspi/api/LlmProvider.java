package dev.llmspi.api;

import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * One way to reach a language model: a configured instance of a provider, or a decorator of one.
 *
 * <p>A blocking call is the primitive; asynchronous use, retries, fallback and clocks are built on top, once, in
 * llm-core. An implementation makes one attempt and nothing more: no retry, no redirect, no waiting for a rate limit to
 * pass.
 *
 * <p><b>Threads:</b> {@link #chat} is called by many threads at once. {@link #initialize} is called once, before the
 * first call; {@link #close} may come at any time, ends calls under way, and may be called again without effect.
 *
 * <p><b>Errors:</b> a subclass of {@code dev.llmspi.api.error.LlmException}. Any other exception is taken for a fault
 * of the provider: it is reported as {@code LlmServiceException} and not retried.
 */
public interface LlmProvider extends AutoCloseable {

    /** The name of this instance: the name of its block in the configuration. Never changes. */
    String name();

    /**
     * The type of provider, such as {@code openrouter}: the name of the factory that made it. Default: {@link #name}.
     */
    default String type() {
        return name();
    }

    /** Where requests go, for metrics and traces: scheme, host and port count. Default: unknown. */
    default Optional<URI> endpoint() {
        return Optional.empty();
    }

    /**
     * What the model can do, as far as this provider knows; a link that lacks what a request needs is passed over.
     *
     * @return empty if nothing is known: then the model is asked
     */
    default Optional<Set<Capability>> capabilities(String model) {
        return Optional.empty();
    }

    /** The model used when neither request nor configuration names one. Default: none. */
    default Optional<String> defaultModel() {
        return Optional.empty();
    }

    /**
     * Prepares for the first call. Called once at application start, beside the start of other providers, which do not
     * wait for it; makes no network call. Throwing leaves this provider out of all chains and is reported; the others
     * go on.
     */
    default void initialize() {}

    /**
     * Sends one request and blocks until its answer is there.
     *
     * @param request the request; its model is set, unless the caller went around the chain
     * @param context deadline, cancellation and identity of the call. When {@link CallContext#cancellation()}
     *     fires, this method must end soon (within 250 ms), with any exception
     * @return the answer; never null, never an empty one made from a broken reply
     */
    ChatResponse chat(ChatRequest request, CallContext context);

    /**
     * Sends one request and gives its answer as it is written. May block until the head of the response is there;
     * errors come from here or out of reading. Reading ends in one of the three ways of {@link ChatStream}: a stream
     * that stops without a finish reason is an error, never a complete answer.
     *
     * <p>Default: the answer of {@link #chat} in one piece, for providers that cannot stream.
     *
     * @param request as for {@link #chat}
     * @param context as for {@link #chat}; it holds until the stream has ended
     */
    default ChatStream stream(ChatRequest request, CallContext context) {
        return ChatStream.ofAnswer(chat(request, context));
    }

    /** Completes a prompt as it is written: {@link #stream} with one user message. */
    default ChatStream streamCompletion(String prompt, CallContext context) {
        return stream(ChatRequest.of(prompt), context);
    }

    /** Completes a prompt: {@link #chat} with one user message, giving the text of the answer. */
    default String complete(String prompt, CallContext context) {
        return chat(ChatRequest.of(prompt), context).text();
    }

    /**
     * An optional side of this provider, such as {@link ModelCatalog} or {@link AccountStatus}. Decorators pass the
     * question on to what they decorate.
     *
     * @return this provider as the given type, or empty if it does not offer it
     */
    default <T> Optional<T> as(Class<T> type) {
        return type.isInstance(this) ? Optional.of(type.cast(this)) : Optional.empty();
    }

    /** Lets go of connections and threads; calls under way end. Idempotent, makes no network call. */
    @Override
    default void close() {}
}
