package dev.llmspi.api;

import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * Provides access to language models through one service. It is either a configured provider instance or a decorator of
 * such an instance.
 *
 * <p>An implementation makes a single blocking attempt per call. It must not retry, follow redirects or wait until a
 * rate limit no longer applies. llm-core adds asynchronous calls, retries, fallback and timeouts for all providers.
 *
 * <p><b>Threads:</b> {@link #chat} is called by several threads at once. {@link #initialize} is called once, before the
 * first call. {@link #close} may be called at any time and more than once; it ends calls in progress.
 *
 * <p><b>Errors:</b> methods throw a subclass of {@code dev.llmspi.api.error.LlmException}. Any other exception is
 * treated as a fault in the provider's code: it is reported as {@code LlmServiceException} and is not retried.
 */
public interface LlmProvider extends AutoCloseable {

    /** Returns the name of this instance, which is the name of its configuration block. The name never changes. */
    String name();

    /**
     * Returns the provider type, such as {@code openrouter}, which is the name of the provider's factory. Default: the
     * value of {@link #name}.
     */
    default String type() {
        return name();
    }

    /**
     * Returns the server's address, for use in metrics and traces. Only its scheme, host and port are used. Default:
     * empty.
     */
    default Optional<URI> endpoint() {
        return Optional.empty();
    }

    /**
     * Returns the capabilities that a model is known to have. A client skips a link whose model lacks a capability that
     * the request needs.
     *
     * @return the capabilities, or empty if they are unknown, in which case the client tries the model
     */
    default Optional<Set<Capability>> capabilities(String model) {
        return Optional.empty();
    }

    /** Returns the model to use if neither the request nor the configuration names a model. Default: empty. */
    default Optional<String> defaultModel() {
        return Optional.empty();
    }

    /**
     * Returns whether every request must name a model. If so, a client skips this provider when neither the request nor
     * the configuration names a model. Default: false, which means that the provider can choose the model.
     */
    default boolean needsModel() {
        return false;
    }

    /**
     * Prepares the provider for its first call. The client calls this method once at startup, concurrently with other
     * providers. The method must not access the network. If it throws an exception, the client reports the provider and
     * leaves it out of all chains; other providers are not affected.
     */
    default void initialize() {}

    /**
     * Sends one request and blocks until the answer is complete.
     *
     * @param request the request; its model is set unless the provider is called without a chain
     * @param context the deadline, cancellation and identity of the call. When {@link CallContext#cancellation()}
     *     fires, this method must end within 250 ms, and it may throw any exception
     * @return the answer; never null, and never an empty answer created from a broken response
     */
    ChatResponse chat(ChatRequest request, CallContext context);

    /**
     * Sends one request and streams its answer. This method may block until the response head has arrived. Errors are
     * thrown by this method or while the stream is read. Reading ends in one of the three ways described in
     * {@link ChatStream}. A stream that stops without a finish reason is always an error and never a complete answer.
     *
     * <p>The default implementation calls {@link #chat} and delivers its answer in one piece, for providers that cannot
     * stream.
     *
     * @param request see {@link #chat}
     * @param context see {@link #chat}; it remains valid until the stream has ended
     */
    default ChatStream stream(ChatRequest request, CallContext context) {
        return ChatStream.ofAnswer(chat(request, context));
    }

    /** Streams the completion of a prompt, by calling {@link #stream} with one user message. */
    default ChatStream streamCompletion(String prompt, CallContext context) {
        return stream(ChatRequest.of(prompt), context);
    }

    /** Completes a prompt by calling {@link #chat} with one user message, and returns the text of the answer. */
    default String complete(String prompt, CallContext context) {
        return chat(ChatRequest.of(prompt), context).text();
    }

    /**
     * Returns an implementation of an optional interface, such as {@link ModelCatalog} or {@link AccountStatus}. A
     * decorator that does not implement the interface asks the decorated provider.
     *
     * @return the implementation, or empty if this provider does not offer the interface
     */
    default <T> Optional<T> as(Class<T> type) {
        return type.isInstance(this) ? Optional.of(type.cast(this)) : Optional.empty();
    }

    /**
     * Releases connections and threads, and ends calls in progress. This method is idempotent and must not access the
     * network.
     */
    @Override
    default void close() {}
}
