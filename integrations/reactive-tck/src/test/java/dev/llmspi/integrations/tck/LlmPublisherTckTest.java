package dev.llmspi.integrations.tck;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamEvent.Finish;
import dev.llmspi.api.ChatStreamEvent.TextDelta;
import dev.llmspi.api.FinishReason;
import dev.llmspi.core.LlmClient;
import dev.llmspi.testkit.ScriptedProvider;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.SkipException;
import org.testng.annotations.AfterMethod;

/** The rules of Reactive Streams on {@link LlmClient#publisher}, as its authors wrote them down. */
public class LlmPublisherTckTest extends FlowPublisherVerification<ChatStreamEvent> {

    /** How long a signal may take to come, and how long none may come where none is allowed. */
    private static final long SIGNAL_MILLIS = 1_000;

    private static final long SILENCE_MILLIS = 100;
    private static final long REFERENCE_MILLIS = 300;
    private static final int LONGEST = 1_000;

    private final Queue<LlmClient> clients = new ConcurrentLinkedQueue<>();

    public LlmPublisherTckTest() {
        super(new TestEnvironment(SIGNAL_MILLIS, SILENCE_MILLIS), REFERENCE_MILLIS);
    }

    @AfterMethod
    public void closeClients() {
        for (LlmClient client = clients.poll(); client != null; client = clients.poll()) {
            client.close();
        }
    }

    @Override
    public long maxElementsFromPublisher() {
        return LONGEST;
    }

    /** That many events: pieces of text, and the finish as the last. */
    @Override
    public Flow.Publisher<ChatStreamEvent> createFlowPublisher(long elements) {
        if (elements == 0) {
            throw new SkipException("an answer without any event is an error, not an empty stream");
        }
        int texts = (int) Math.min(elements, LONGEST) - 1;
        ChatStreamEvent[] events = new ChatStreamEvent[texts + 1];
        for (int i = 0; i < texts; i++) {
            events[i] = new TextDelta("word ");
        }
        events[texts] = Finish.of(FinishReason.STOP);
        ScriptedProvider provider = ScriptedProvider.named("scripted").streams(events);
        LlmClient client =
                LlmClient.builder().provider(provider).chain("default", "scripted").build();
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
