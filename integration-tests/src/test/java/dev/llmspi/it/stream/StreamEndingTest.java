package dev.llmspi.it.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.api.event.RetryScheduled;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.it.faults.FaultBench;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import dev.llmspi.it.timing.RepeatIfLate;
import dev.llmspi.it.timing.Stopwatch;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests streams that their reader abandons, in each possible way and at each point. The server must notice this at
 * once, no further attempt may be made, and nothing may leak.
 */
@Timeout(240)
@RepeatIfLate
class StreamEndingTest {

    private static final int RUNS = Integer.getInteger("llmspi.endings", 5);
    private static final Duration LIMIT = Duration.ofMillis(250);

    /** The point at which the reader ends the stream. */
    private enum Point {
        BEFORE_THE_HEAD,
        AFTER_THE_HEAD,
        AFTER_COMMENTS,
        MID_STREAM,
        IN_A_BACKOFF
    }

    private enum Ending {
        CANCEL,
        INTERRUPT,
        CLOSE
    }

    private final Semaphore reached = new Semaphore(0);

    private Reply reply(Point point) {
        return switch (point) {
            case BEFORE_THE_HEAD ->
                connection -> {
                    reached.release();
                    connection.awaitClientGone();
                };
            case AFTER_THE_HEAD -> StreamReply.chunked().then(reached::release);
            case AFTER_COMMENTS -> StreamReply.chunked().comment().comment().then(reached::release);
            case MID_STREAM -> StreamReply.chunked().role().text("a"); // the reader reports the arrival of text
            case IN_A_BACKOFF -> Reply.error(503, "503", "busy", "Retry-After: 50");
        };
    }

    @Tag("fault-2.9")
    @Tag("fault-2.10")
    @Tag("fault-2.11")
    @ParameterizedTest
    @EnumSource(Point.class)
    void stream_endedByItsReader_isSeenByTheServerAtOnceAndLeaksNothing(Point point) throws Exception {
        reached.drainPermits();
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        // The chain has a single link, because with a next link the client would fall back instead of waiting that
        // long.
        try (FaultBench both = FaultBench.alone("openrouter")
                .withoutCooldowns()
                .with(builder -> builder.listener(new WhenWaiting(reached, point == Point.IN_A_BACKOFF)))) {
            both.openrouter.always(reply(point));
            int posts = 0;
            int gone = 0;
            try (LlmClient client = both.client()) {
                for (int run = 0; run < RUNS; run++) {
                    for (Ending ending : Ending.values()) {
                        String where = point + ", " + ending + ", run " + run;
                        Reader reader = new Reader(client, point == Point.MID_STREAM ? reached : new Semaphore(0));
                        reader.thread.start();
                        assertTrue(reached.tryAcquire(10, TimeUnit.SECONDS), where);
                        Stopwatch watch = Stopwatch.start();
                        reader.end(ending);
                        posts++;
                        if (point != Point.IN_A_BACKOFF) {
                            gone++;
                            both.openrouter.awaitClientsGone(gone);
                            watch.assertAtMost(LIMIT, () -> where + ", seen by the server");
                        }
                        reader.assertCancelled(ending, watch, where);
                        assertEquals(posts, both.openrouter.posts(), where);
                    }
                }
            }
            assertEquals(0, both.portkey.posts());
            assertEquals(posts, both.listener.events(CallFinished.class).size(), point.toString());
            both.openrouter.awaitNoConnections();
            assertNoThreadLeft(before);
        }
    }

    /** @param before the threads of earlier tests, such as those of key sources that hang */
    private static void assertNoThreadLeft(Set<Thread> before) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        Set<Thread> left = new HashSet<>(Thread.getAllStackTraces().keySet());
        left.removeAll(before);
        for (Thread thread : left) {
            while (isOurs(thread) && System.nanoTime() < until) {
                thread.join(10);
            }
            assertFalse(isOurs(thread), thread.getName());
        }
    }

    /**
     * Returns whether a running thread was started for a client. OkHttp's task runner does not count, because all
     * clients in a JVM share it. It is named after its task while it runs one, and it ends after being idle for a
     * minute.
     */
    private static boolean isOurs(Thread thread) {
        String name = thread.getName().toLowerCase(Locale.ROOT);
        return thread.isAlive()
                && (name.startsWith("llmspi") || name.startsWith("okhttp") && !name.equals("okhttp taskrunner"));
    }

    /** Reads a stream on its own thread. */
    private static final class Reader {
        private final Cancellation stop = Cancellation.create();
        private final AtomicReference<Throwable> thrown = new AtomicReference<>();
        private final ChatStream stream;
        private final Thread thread;
        private volatile boolean flag;

        Reader(LlmClient client, Semaphore onText) {
            stream = client.stream(
                    ChatRequest.of("hi"),
                    CallOptions.builder().cancellation(stop).build());
            thread = new Thread(
                    () -> {
                        try {
                            stream.forEachText(text -> onText.release());
                        } catch (Throwable e) {
                            thrown.set(e);
                            flag = Thread.currentThread().isInterrupted();
                        }
                    },
                    "reader");
        }

        void end(Ending ending) {
            switch (ending) {
                case CANCEL -> stop.cancel();
                case INTERRUPT -> thread.interrupt();
                case CLOSE -> stream.close();
            }
        }

        void assertCancelled(Ending ending, Stopwatch watch, String where) throws InterruptedException {
            thread.join(10_000);
            watch.assertAtMost(LIMIT, () -> where + ", seen by the reader");
            assertInstanceOf(CancellationException.class, thrown.get(), where);
            assertEquals(ending == Ending.INTERRUPT, flag, where);
        }
    }

    /** Reports when a call starts to wait before a retry. */
    private record WhenWaiting(Semaphore reached, boolean asked) implements LlmListener {
        @Override
        public void retryScheduled(RetryScheduled event) {
            if (asked) {
                reached.release();
            }
        }
    }
}
