package dev.llmspi.core.async;

import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.core.call.ActiveCall;
import dev.llmspi.core.runtime.FatalErrors;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

/** Publishes a stream to one subscriber. A worker reads one event for each event that the subscriber requests. */
public final class EventPublisher implements Flow.Publisher<ChatStreamEvent> {

    private final Supplier<ActiveCall> call;
    private final Function<ActiveCall, ChatStream> open;
    private final Executor executor;
    private final AtomicBoolean subscribed = new AtomicBoolean();

    /**
     * @param call opens the call when there is a subscriber, which starts the timeouts of the call
     * @param open opens the stream of the call
     * @param executor runs the worker that reads the stream, on one thread until the stream ends
     */
    public EventPublisher(Supplier<ActiveCall> call, Function<ActiveCall, ChatStream> open, Executor executor) {
        this.call = call;
        this.open = open;
        this.executor = executor;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ChatStreamEvent> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        if (!subscribed.compareAndSet(false, true)) {
            refuse(
                    subscriber,
                    new IllegalStateException("an answer has only one subscriber; a second one would be billed again"));
            return;
        }
        EventSubscription subscription;
        try {
            subscription = new EventSubscription(subscriber, call.get(), open);
        } catch (Throwable e) {
            refuse(subscriber, e);
            FatalErrors.rethrow(e);
            return;
        }
        subscription.start(executor);
    }

    private static void refuse(Flow.Subscriber<? super ChatStreamEvent> subscriber, Throwable reason) {
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {
                // there are no events to send
            }

            @Override
            public void cancel() {
                // there is no call to cancel
            }
        });
        subscriber.onError(reason);
    }
}
