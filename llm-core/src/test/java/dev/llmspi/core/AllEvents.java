package dev.llmspi.core;

import dev.llmspi.api.ChatStreamEvent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** A subscriber that requests all events and ignores them. Its future completes with the last signal. */
final class AllEvents implements Flow.Subscriber<ChatStreamEvent> {

    private final CompletableFuture<Void> end = new CompletableFuture<>();

    /** Subscribes and returns a future that completes with the last signal. */
    static CompletableFuture<Void> of(Flow.Publisher<ChatStreamEvent> publisher) {
        AllEvents subscriber = new AllEvents();
        publisher.subscribe(subscriber);
        return subscriber.end;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(ChatStreamEvent event) {
        // only the end matters
    }

    @Override
    public void onError(Throwable thrown) {
        end.completeExceptionally(thrown);
    }

    @Override
    public void onComplete() {
        end.complete(null);
    }
}
