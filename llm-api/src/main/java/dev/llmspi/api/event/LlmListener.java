package dev.llmspi.api.event;

import java.util.function.BiConsumer;

/**
 * Receives events about calls. Methods must be quick, because they run synchronously on the thread that does the work;
 * {@link #callStarted} runs on the thread that submitted the call. Several threads use a listener at once, for
 * different calls. An exception thrown by a listener is logged once and does not affect the call.
 *
 * <p>A call's events arrive one after the other, but not always on the same thread. A listener that blocks delays the
 * later events of its call, the next attempt, and the thread that it blocks. Timeouts and cancellations still end the
 * call, and the future or subscriber of an asynchronous call then receives the error. A call without such an end waits
 * for its listeners: a blocked {@link #callFinished} delays an answer that has already arrived.
 *
 * <p>A listener is added to a client with the client's builder, added to a single call with the call's options, or
 * found by {@link java.util.ServiceLoader}.
 */
public interface LlmListener {

    /**
     * Called when a call has started.
     *
     * @return the listener for the remaining events of this call: either this listener or a new one, for example one
     *     that holds a span
     */
    default LlmListener callStarted(CallStarted event) {
        return this;
    }

    /**
     * Called when an attempt is about to call a provider.
     *
     * @param headers adds a header with the given name and value to the request, such as {@code traceparent}; it does
     *     not replace a header that the provider sets itself
     */
    default void attemptStarted(AttemptStarted event, BiConsumer<String, String> headers) {}

    /** Called when an attempt has ended, successfully or not. */
    default void attemptFinished(AttemptFinished event) {}

    /** Called when the call will retry the same provider after a delay. */
    default void retryScheduled(RetryScheduled event) {}

    /** Called when a link of the chain was skipped. */
    default void linkSkipped(LinkSkipped event) {}

    /** Called when the call falls back to the next provider in the chain. */
    default void failedOver(FailedOver event) {}

    /** Called when the call has ended with an answer, an error or a cancellation. */
    default void callFinished(CallFinished event) {}

    /**
     * Called when a provider, one of its models or one of its accounts entered or left cooldown. This event does not
     * belong to a call.
     */
    default void cooldownChanged(CooldownChanged event) {}
}
