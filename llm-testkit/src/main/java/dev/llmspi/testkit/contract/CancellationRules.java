package dev.llmspi.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules for cancelled calls. */
public abstract class CancellationRules extends ContractRules {

    /**
     * The time within which a cancelled call must end. The best of three runs counts, because the machine may be busy.
     */
    private static final Duration SOON = Duration.ofMillis(250);

    private static final int TRIES = 3;

    CancellationRules(LlmProviderContract contract) {
        super(contract);
    }

    private static CallContext context(Cancellation cancellation) {
        return CallContext.builder().cancellation(cancellation).build();
    }

    /** Reads a stream that delivers only its first piece, on a separate thread that then waits for the next event. */
    private final class Reader {
        final Cancellation cancellation = Cancellation.create();
        final BackgroundCall<Boolean> reading;
        private volatile @Nullable ChatStream stream;

        Reader() throws InterruptedException {
            bench().streamsThenHangs(List.of("half"));
            CountDownLatch first = new CountDownLatch(1);
            reading = BackgroundCall.begin(() -> {
                ChatStream opened = provider().stream(hello(), context(cancellation));
                stream = opened;
                for (ChatStreamEvent event : opened) {
                    if (event.isContent()) {
                        first.countDown();
                    }
                }
                return true;
            });
            assumeTrue(
                    first.await(BackgroundCall.IMPATIENCE.toMillis(), TimeUnit.MILLISECONDS),
                    "the first piece did not arrive, see rule 5.6");
            reading.awaitBelow(ChatStream.class.getName() + "$Events", "read");
        }

        void close() {
            Objects.requireNonNull(stream).close();
        }
    }

    private interface Try {
        /** Runs one attempt and returns how long the call took to end. */
        Duration take(int attempt) throws Exception;
    }

    private static void assertSoon(Try action) throws Exception {
        Duration best = action.take(1);
        for (int i = 2; i <= TRIES && best.compareTo(SOON) > 0; i++) {
            Duration next = action.take(i);
            best = next.compareTo(best) < 0 ? next : best;
        }
        Duration taken = best;
        assertTrue(taken.compareTo(SOON) <= 0, () -> "the call took " + taken.toMillis() + " ms to end");
    }

    @Test
    @DisplayName("7.1 cancelling a call that waits for its answer ends it within 250 ms")
    public void rule7_1_waiting() throws Exception {
        assertSoon(attempt -> {
            bench().hangs();
            Cancellation cancellation = Cancellation.create();
            BackgroundCall<?> call = BackgroundCall.begin(() -> provider().chat(hello(), context(cancellation)));
            bench().awaitCalls(attempt);
            long moment = System.nanoTime();
            cancellation.cancel();
            call.failure();
            return call.endedAfter(moment);
        });
    }

    @Test
    @DisplayName("7.2 a call that was cancelled before it started sends nothing")
    public void rule7_2_beforehand() {
        HttpBench http = http();
        http.answers("too late");
        Cancellation cancellation = Cancellation.create();
        cancellation.cancel();

        assertThrows(RuntimeException.class, () -> provider().chat(hello(), context(cancellation)));
        assertEquals(0, http.server().posts());
    }

    @Test
    @DisplayName("7.3 a cancelled call releases its connection")
    public void rule7_3_connection() throws Exception {
        HttpBench http = http();
        http.hangs();
        Cancellation cancellation = Cancellation.create();
        BackgroundCall<?> call = BackgroundCall.begin(() -> provider().chat(hello(), context(cancellation)));
        http.awaitCalls(1);

        cancellation.cancel();

        assumeTrue(call.failed(), "the call did not end, see rule 7.1");
        http.server().awaitClientsGone(1);
    }

    @Test
    @DisplayName("7.4 cancelling the call of a stream wakes its reader within 250 ms")
    public void rule7_4_reading() throws Exception {
        assertSoon(attempt -> {
            Reader reader = new Reader();
            long moment = System.nanoTime();
            reader.cancellation.cancel();
            reader.reading.failure();
            return reader.reading.endedAfter(moment);
        });
    }

    @Test
    @DisplayName("7.5 closing a stream wakes its reader within 250 ms, with a CancellationException")
    public void rule7_5_closing() throws Exception {
        assertSoon(attempt -> {
            Reader reader = new Reader();
            long moment = System.nanoTime();
            reader.close();
            assertInstanceOf(CancellationException.class, reader.reading.failure());
            return reader.reading.endedAfter(moment);
        });
    }

    @Test
    @DisplayName("7.6 a closed stream releases its connection")
    public void rule7_6_streamConnection() throws Exception {
        HttpBench http = http();
        Reader reader = new Reader();

        reader.close();

        assumeTrue(reader.reading.failed(), "the reader was not woken, see rule 7.5");
        http.server().awaitClientsGone(1);
    }
}
