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

/** The rules of Reactive Streams on {@link LlmClient#publisher}, as its authors wrote them down. */
public class LlmPublisherTckTest extends FlowPublisherVerification<ChatStreamEvent> {

    /** How long a signal may take to come, and how long none may come where none is allowed. */
    private static final long SIGNAL_MILLIS = 1_000;

    private static final long SILENCE_MILLIS = 100;
    private static final long REFERENCE_MILLIS = 300;

    private final Queue<LlmClient> clients = new ConcurrentLinkedQueue<>();

    public LlmPublisherTckTest() {
        super(new TestEnvironment(SIGNAL_MILLIS, SILENCE_MILLIS), REFERENCE_MILLIS);
    }

    /** Not after each test: some leave a subscriber behind, and the end of its client is an error told to it in the next one. */
    @AfterClass
    public void closeClients() {
        for (LlmClient client = clients.poll(); client != null; client = clients.poll()) {
            client.close();
        }
    }

    /** That many events: pieces of text, and the finish as the last. An empty answer is an error, so none has no event. */
    @Override
    public Flow.Publisher<ChatStreamEvent> createFlowPublisher(long elements) {
        LlmClient client = LlmClient.builder()
                .provider(new Counting(Math.max(elements, 1)))
                .chain("default", "counting")
                .build();
        clients.add(client);
        return client.publisher(ChatRequest.of("hi"));
    }

    /** One that has its subscriber already: the next is refused, for it would be billed again. */
    @Override
    public Flow.Publisher<ChatStreamEvent> createFailedFlowPublisher() {
        Flow.Publisher<ChatStreamEvent> taken = createFlowPublisher(1);
        taken.subscribe(new Leaving());
        return taken;
    }

    /** Streams a given number of events, none of which is made before it is read. */
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
                    // nothing hangs on it
                }
            });
        }
    }

    /** Takes the only place and asks for nothing. */
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
