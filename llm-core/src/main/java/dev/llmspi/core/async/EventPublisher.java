package dev.llmspi.core.async;

import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A stream as a reactive publisher for one subscriber: a worker reads an event for each one that is asked for. */
public final class EventPublisher implements Flow.Publisher<ChatStreamEvent> {

    /**
     * A stream that has been opened.
     *
     * @param ended fires when its call is ended from outside, be it read just then or not
     * @param whenOverdue takes what is to be told the error of a call that has ended while its provider goes on
     */
    public record Opened(ChatStream stream, Cancellation ended, Consumer<Consumer<Throwable>> whenOverdue) {}

    private final Supplier<Opened> open;
    private final Executor executor;
    private final AtomicBoolean subscribed = new AtomicBoolean();

    /**
     * @param open makes the stream, once there is a subscriber
     * @param executor where it is read; each stream holds a thread until it ends
     */
    public EventPublisher(Supplier<Opened> open, Executor executor) {
        this.open = open;
        this.executor = executor;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ChatStreamEvent> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        if (!subscribed.compareAndSet(false, true)) {
            refuse(
                    subscriber,
                    new IllegalStateException("an answer takes one subscriber; a second would be billed again"));
            return;
        }
        EventSubscription subscription = new EventSubscription(subscriber, open);
        try {
            executor.execute(subscription::run);
        } catch (RuntimeException e) {
            if (subscription.hasBegun()) {
                throw e; // the subscriber's own, out of an executor that ran it at once
            }
            refuse(subscriber, e);
        }
    }

    private static void refuse(Flow.Subscriber<? super ChatStreamEvent> subscriber, Throwable reason) {
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {
                // nothing will come
            }

            @Override
            public void cancel() {
                // nothing is under way
            }
        });
        subscriber.onError(reason);
    }
}
