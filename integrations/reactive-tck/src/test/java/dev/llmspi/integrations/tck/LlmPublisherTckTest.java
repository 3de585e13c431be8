package dev.llmspi.integrations.tck;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamEvent.Finish;
import dev.llmspi.api.ChatStreamEvent.TextDelta;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.core.LlmClient;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;

/** Runs the Reactive Streams TCK on {@link LlmClient#publisher}. */
public class LlmPublisherTckTest extends FlowPublisherVerification<ChatStreamEvent> {

    /** The longest time that the TCK waits for an expected signal. */
    private static final long SIGNAL_MILLIS = 1_000;

    /** The time that the TCK waits to check that a forbidden signal does not arrive. */
    private static final long SILENCE_MILLIS = 100;

    private static final long REFERENCE_MILLIS = 300;

    private final Queue<LlmClient> clients = new ConcurrentLinkedQueue<>();

    public LlmPublisherTckTest() {
        super(new TestEnvironment(SIGNAL_MILLIS, SILENCE_MILLIS), REFERENCE_MILLIS);
    }

    /**
     * Closes the clients only after all tests. Some tests leave an active subscriber behind, and if its client were
     * closed earlier, the subscriber would report an error in the next test.
     */
    @AfterClass
    public void closeClients() {
        for (LlmClient client = clients.poll(); client != null; client = clients.poll()) {
            client.close();
        }
    }

    /**
     * Returns a publisher of the given number of events, which are pieces of text followed by the finish event. The
     * finish event is always sent, because an empty answer would be an error.
     */
    @Override
    public Flow.Publisher<ChatStreamEvent> createFlowPublisher(long elements) {
        LlmClient client = LlmClient.builder()
                .provider(new Counting(Math.max(elements, 1)))
                .chain("default", "counting")
                .build();
        clients.add(client);
        return client.publisher(ChatRequest.of("hi"));
    }

    /**
     * Returns a publisher that already has a subscriber. It refuses a second subscriber, because the answer would be
     * billed again.
     */
    @Override
    public Flow.Publisher<ChatStreamEvent> createFailedFlowPublisher() {
        Flow.Publisher<ChatStreamEvent> taken = createFlowPublisher(1);
        taken.subscribe(new Leaving());
        return taken;
    }

    /** A provider that streams a given number of events, which are created on demand. */
    private record Counting(long elements) implements LlmProvider {
        @Override
        public String name() {
            return "counting";
        }

        @Override
        public Optional<String> defaultModel() {
            return Optional.of("counting-model");
        }

        @Override
        public ChatResponse chat(ChatRequest request, CallContext context) {
            return stream(request, context).collect();
        }

        @Override
        public ChatStream stream(ChatRequest request, CallContext context) {
            return ChatStream.of(name(), new ChatStream.Source() {
                private long left = elements;

                @Override
                public ChatStreamEvent next() {
                    left--;
                    return left > 0 ? new TextDelta("word ") : Finish.of(FinishReason.STOP);
                }

                @Override
                public void close() {
                    // this source has no resources to release
                }
            });
        }
    }

    /** A subscriber that cancels its subscription immediately. */
    private static final class Leaving implements Flow.Subscriber<ChatStreamEvent> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.cancel();
        }

        @Override
        public void onNext(ChatStreamEvent event) {
            throw new AssertionError("after cancel");
        }

        @Override
        public void onError(Throwable error) {
            throw new AssertionError("after cancel", error);
        }

        @Override
        public void onComplete() {
            throw new AssertionError("after cancel");
        }
    }
}
