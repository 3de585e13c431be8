package dev.llmspi.core;

import static dev.llmspi.core.StreamTest.FINISH;
import static dev.llmspi.core.StreamTest.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Named.named;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.CooldownChanged;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that each stream counts once for the health of a provider, however it is read. */
@Timeout(30)
class HealthOfStreamsTest {

    private static final ChatRequest REQUEST = ChatRequest.of("hi");
    private static final LlmException BROKEN =
            LlmServiceException.builder().message("broke").build();

    private final RecordingListener listener = RecordingListener.create();
    private final ScriptedProvider provider = ScriptedProvider.named("p");

    private LlmClientBuilder builder() {
        return LlmClient.builder()
                .listener(listener)
                .provider(provider)
                .chain("default", "p")
                .set("llm.retry.max-retries", 0)
                .set("llm.cooldown.after-failures", 2)
                .set("llm.cooldown.of-attempts", 2);
    }

    private int cooldowns() {
        return listener.events(CooldownChanged.class).size();
    }

    @Test
    void stream_breaksAfterContent_countsAsOneFailure() {
        provider.streamsThenFails(BROKEN, text("a")).repeat();
        try (LlmClient client = builder().build()) {
            for (int i = 0; i < 2; i++) {
                assertThrows(LlmException.class, () -> client.stream(REQUEST).collect());
            }
            assertEquals(1, cooldowns());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void stream_readOrClosedAfterContent_countsAsASuccess(boolean readToItsEnd) {
        provider.streamsThenFails(BROKEN)
                .streams(text("a"), FINISH)
                .streamsThenFails(BROKEN)
                .streamsThenFails(BROKEN);
        try (LlmClient client = builder().build()) {
            assertThrows(LlmException.class, () -> client.stream(REQUEST).collect());
            try (var stream = client.stream(REQUEST)) {
                Iterator<ChatStreamEvent> events = stream.iterator();
                assertEquals(text("a"), events.next());
                assertEquals(FINISH.getClass(), readToItsEnd ? events.next().getClass() : FINISH.getClass());
            }
            assertThrows(LlmException.class, () -> client.stream(REQUEST).collect());
            assertEquals(0, cooldowns());
            assertThrows(LlmException.class, () -> client.stream(REQUEST).collect());
            assertEquals(1, cooldowns());
        }
    }

    static Stream<Named<ChatStreamEvent[]>> unreadStreams() {
        return Stream.of(
                named("with content", new ChatStreamEvent[] {text("a"), text("b"), FINISH}),
                named("without content", new ChatStreamEvent[] {StreamTest.used(3), FINISH}));
    }

    @ParameterizedTest
    @MethodSource("unreadStreams")
    void stream_totalTimeoutExpiresUnread_doesNotCount(ChatStreamEvent[] events) {
        provider.streams(events).repeat();
        ManualTimeSource time = ManualTimeSource.create();
        LlmClient client = builder().timeSource(time).build();
        for (int i = 0; i < 3; i++) {
            client.stream(REQUEST).iterator().next();
        }
        time.advance(Duration.ofMinutes(10));
        assertTrue(client.shutdown(Duration.ofSeconds(20)));
        assertEquals(3, listener.events(CallFinished.class).size());
        assertEquals(
                ErrorKind.TIMEOUT,
                listener.events(CallFinished.class)
                        .get(0)
                        .attempts()
                        .get(0)
                        .kind()
                        .orElseThrow());
        assertEquals(List.of(), listener.events(CooldownChanged.class));
    }

    @Test
    void close_listenerBlocksInCooldownChanged_doesNotWaitForIt() throws Exception {
        CountDownLatch listening = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        LlmListener slow = new LlmListener() {
            @Override
            public void cooldownChanged(CooldownChanged event) {
                listening.countDown();
                try {
                    assertTrue(release.await(20, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        };
        provider.streamsThenFails(BROKEN, text("a")).repeat();
        try (LlmClient client =
                builder().listener(slow).set("llm.cooldown.after-failures", 1).build()) {
            var stream = client.stream(REQUEST);
            Thread reader = new Thread(() -> assertThrows(RuntimeException.class, stream::collect));
            reader.start();
            assertTrue(listening.await(10, TimeUnit.SECONDS));
            Thread closer = new Thread(stream::close);
            closer.start();
            closer.join(10_000);
            boolean closed = !closer.isAlive();
            release.countDown();
            reader.join(10_000);
            assertTrue(closed);
        }
    }
}
