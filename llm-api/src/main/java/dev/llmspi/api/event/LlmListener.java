package dev.llmspi.api.event;

import java.util.function.BiConsumer;

/**
 * Is told what happens in calls. Methods run synchronously on the thread that does the work ({@link #callStarted} on the one
 * that submitted the call) and must be quick; a listener is told of many calls at once by many threads. One that throws is
 * logged once and changes nothing.
 *
 * <p>Given to a client by its builder or to one call by its options, or found by {@link java.util.ServiceLoader}.
 */
public interface LlmListener {

    /**
     * A call begins.
     *
     * @return the listener that receives the rest of this call: this one, or an object made for the call that keeps a span,
     *     for example
     */
    default LlmListener callStarted(CallStarted event) {
        return this;
    }

    /**
     * A provider is about to be called.
     *
     * @param headers adds a header to the request, such as {@code traceparent}; one the provider sends itself is not replaced
     */
    default void attemptStarted(AttemptStarted event, BiConsumer<String, String> headers) {}

    /** An attempt has ended, well or not. */
    default void attemptFinished(AttemptFinished event) {}

    /** The same provider will be asked again after a wait. */
    default void retryScheduled(RetryScheduled event) {}

    /** A link of the chain was passed over. */
    default void linkSkipped(LinkSkipped event) {}

    /** The next provider of the chain takes over. */
    default void failedOver(FailedOver event) {}

    /** The call has ended: answer, error or cancel. */
    default void callFinished(CallFinished event) {}

    /** A provider, or one of its models, went into cooldown or came out of it. Belongs to no call. */
    default void cooldownChanged(CooldownChanged event) {}
}
