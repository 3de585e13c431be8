package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Tests how publishers behave beyond the rules of Reactive Streams, which are tested in a module of their own. */
class PublisherTest {

    private final ScriptedProvider provider = ScriptedProvider.named("p");

    /** Reads streams on the subscribing thread, because the subscriber requests everything at once. */
    private LlmClientBuilder builder() {
        return LlmClient.builder().provider(provider).chain("default", "p").executor(Runnable::run);
    }

    @Test
    void publisher_notSubscribed_makesNoAttempt() {
        try (LlmClient client = builder().build()) {
            client.publisher(ChatRequest.of("hi"));
            assertTrue(client.shutdown(Duration.ofSeconds(5)));
        }
        assertEquals(0, provider.calls());
    }

    @Test
    void publisher_secondSubscriber_isRefusedWithoutAnotherAttempt() {
        provider.streamsText("a");
        try (LlmClient client = builder().build()) {
            Flow.Publisher<ChatStreamEvent> publisher = client.publisher(ChatRequest.of("hi"));
            Recorder one = new Recorder("");
            Recorder two = new Recorder("");
            publisher.subscribe(one);
            publisher.subscribe(two);
            assertEquals(List.of("subscribed", "TextDelta", "Finish", "complete"), one.signals);
            assertEquals(List.of("subscribed", "error"), two.signals);
            assertInstanceOf(IllegalStateException.class, two.error);
        }
        assertEquals(1, provider.calls());
    }

    @Test
    void publisher_streamBreaks_errorCarriesTheDeliveredContent() {
        provider.streams(StreamTest.text("a"));
        try (LlmClient client = builder().build()) {
            Recorder recorder = new Recorder("");
            client.publisher(ChatRequest.of("hi")).subscribe(recorder);
            assertEquals(List.of("subscribed", "TextDelta", "error"), recorder.signals);
            LlmServiceException error = assertInstanceOf(LlmServiceException.class, recorder.error);
            assertEquals("a", error.partial().orElseThrow().text());
        }
    }

    @Test
    void publisher_subscriberThrowsAtTheEnd_getsNoFurtherSignal() {
        provider.streamsText("a");
        try (LlmClient client = builder().build()) {
            Recorder recorder = new Recorder("complete");
            Flow.Publisher<ChatStreamEvent> publisher = client.publisher(ChatRequest.of("hi"));
            assertThrows(IllegalStateException.class, () -> publisher.subscribe(recorder));
            assertEquals(List.of("subscribed", "TextDelta", "Finish", "complete"), recorder.signals);
        }
    }

    @Test
    void publisher_subscriberThrowsInMidStream_endsTheCallWithoutAnotherSignal() {
        provider.streamsText("a", "b");
        LlmClient client = builder().build();
        Recorder recorder = new Recorder("TextDelta");
        Flow.Publisher<ChatStreamEvent> publisher = client.publisher(ChatRequest.of("hi"));
        assertThrows(IllegalStateException.class, () -> publisher.subscribe(recorder));
        assertEquals(List.of("subscribed", "TextDelta"), recorder.signals);
        assertTrue(provider.contexts().get(0).cancellation().isCancelled());
        assertTrue(client.shutdown(Duration.ofSeconds(5)));
    }

    @Test
    void publisher_executorRefuses_signalsTheError() {
        LlmClientBuilder refusing = builder().executor(task -> {
            throw new RejectedExecutionException("full");
        });
        try (LlmClient client = refusing.build()) {
            Recorder recorder = new Recorder("");
            client.publisher(ChatRequest.of("hi")).subscribe(recorder);
            assertEquals(List.of("subscribed", "error"), recorder.signals);
            assertInstanceOf(RejectedExecutionException.class, recorder.error);
        }
    }

    @Test
    void publisher_clientIsClosed_signalsAnError() {
        LlmClient client = builder().build();
        Flow.Publisher<ChatStreamEvent> publisher = client.publisher(ChatRequest.of("hi"));
        client.close();
        Recorder recorder = new Recorder("");
        publisher.subscribe(recorder);
        assertInstanceOf(IllegalStateException.class, recorder.error);
    }

    @Test
    void publisher_unknownMode_isRefusedAtOnce() {
        try (LlmClient client = builder().build()) {
            CallOptions options = CallOptions.builder().mode("unknown").build();
            assertThrows(LlmConfigException.class, () -> client.publisher(ChatRequest.of("hi"), options));
        }
    }

    /** A subscriber that records the signals that it receives, and throws an exception at one of them if requested. */
    private static final class Recorder implements Flow.Subscriber<ChatStreamEvent> {
        private final List<String> signals = new CopyOnWriteArrayList<>();
        private final String throwAt;
        private Throwable error;

        private Recorder(String throwAt) {
            this.throwAt = throwAt;
        }

        private void got(String signal) {
            signals.add(signal);
            if (signal.equals(throwAt)) {
                throw new IllegalStateException("the subscriber is broken");
            }
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
            got("subscribed");
        }

        @Override
        public void onNext(ChatStreamEvent event) {
            got(event.getClass().getSimpleName());
        }

        @Override
        public void onError(Throwable thrown) {
            error = thrown;
            got("error");
        }

        @Override
        public void onComplete() {
            got("complete");
        }
    }
}
