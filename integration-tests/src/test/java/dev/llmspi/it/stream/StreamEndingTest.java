package dev.llmspi.it.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.api.event.RetryScheduled;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However and wherever a reader gives up: the server sees it at once, nothing is asked again, nothing is left behind. */
@Timeout(240)
class StreamEndingTest {

    private static final int RUNS = Integer.getInteger("llmspi.endings", 5);
    private static final long LIMIT_MILLIS = 250;

    /** Where the stream stands when it is ended. */
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
            case MID_STREAM -> StreamReply.chunked().role().text("a"); // the reader says when it has it
            case IN_A_BACKOFF -> Reply.error(503, "503", "busy", "Retry-After: 50");
        };
    }

    @Tag("fault-2.9")
    @Tag("fault-2.10")
    @Tag("fault-2.11")
    @ParameterizedTest
    @EnumSource(Point.class)
    void stream_ended_isSeenByTheServerAtOnceAndLeavesNothingBehind(Point point) throws Exception {
        try (TwoProviders both = new TwoProviders()) {
            both.openrouter.always(reply(point));
            int posts = 0;
            int gone = 0;
            try (LlmClient client = both.builder(TimeSource.system())
                    .chain("default", "openrouter") // alone: with a next one, so long a wait would not be waited
                    .listener(new WhenWaiting(reached, point == Point.IN_A_BACKOFF))
                    .build()) {
                for (int run = 0; run < RUNS; run++) {
                    for (Ending ending : Ending.values()) {
                        String where = point + ", " + ending + ", run " + run;
                        Reader reader = new Reader(client, point == Point.MID_STREAM ? reached : new Semaphore(0));
                        reader.thread.start();
                        assertTrue(reached.tryAcquire(10, TimeUnit.SECONDS), where);
                        long start = System.nanoTime();
                        reader.end(ending);
                        posts++;
                        if (point != Point.IN_A_BACKOFF) {
                            gone++;
                            both.openrouter.awaitClientsGone(gone);
                            assertInTime(start, where + ", seen by the server");
                        }
                        reader.assertCancelled(ending, start, where);
                        assertEquals(posts, both.openrouter.posts(), where);
                    }
                }
            }
            assertEquals(0, both.portkey.posts());
            both.assertCountsAgree(posts, point.toString());
            both.openrouter.awaitNoConnections();
            assertNoThreadLeft();
        }
    }

    private static void assertInTime(long startNanos, String where) {
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        assertTrue(took <= LIMIT_MILLIS, where + ": took " + took + " ms");
    }

    private static void assertNoThreadLeft() throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            while (isOurs(thread) && System.nanoTime() < until) {
                thread.join(10);
            }
            assertFalse(isOurs(thread), thread.getName());
        }
    }

    /** OkHttp's task runner is one for all clients of a JVM: named after its task while it has one; idle, it ends in a minute. */
    private static boolean isOurs(Thread thread) {
        String name = thread.getName().toLowerCase(Locale.ROOT);
        return thread.isAlive()
                && (name.startsWith("llmspi") || name.startsWith("okhttp") && !name.equals("okhttp taskrunner"));
    }

    /** Reads a stream on a thread of its own. */
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

        void assertCancelled(Ending ending, long start, String where) throws InterruptedException {
            thread.join(10_000);
            assertInTime(start, where + ", seen by the reader");
            assertInstanceOf(CancellationException.class, thrown.get(), where);
            assertEquals(ending == Ending.INTERRUPT, flag, where);
        }
    }

    /** Says when a call begins to wait before it asks again. */
    private record WhenWaiting(Semaphore reached, boolean asked) implements LlmListener {
        @Override
        public void retryScheduled(RetryScheduled event) {
            if (asked) {
                reached.release();
            }
        }
    }
}
