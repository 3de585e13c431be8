package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ends calls that share an HTTP/2 connection with other calls. The others go on over the same connection. */
@Timeout(60)
class NeighbourTest {

    private static final int NEIGHBOURS = 8;
    private static final int VICTIMS = Integer.getInteger("llmspi.victims", 60);
    private static final String LARGE = "wort ".repeat(60_000); // exceeds the window of a stream, which is 64 KiB

    private final Random random = new Random(Long.getLong("llmspi.seed", 14));
    private final CountDownLatch end = new CountDownLatch(1);

    @BeforeEach
    void useHttp2() {
        HttpVersion.HTTP_2.use();
    }

    @AfterEach
    void useStandardVersion() {
        end.countDown();
        HttpVersion.HTTP_1_1.use();
    }

    private enum Threads {
        PLATFORM,
        VIRTUAL;

        Thread start(Runnable task) throws ReflectiveOperationException {
            if (this == VIRTUAL) {
                return (Thread) Thread.class
                        .getMethod("startVirtualThread", Runnable.class)
                        .invoke(null, task);
            }
            Thread thread = new Thread(task);
            thread.start();
            return thread;
        }
    }

    /** What a victim waits for when it is ended. */
    private enum Phase {
        /** Its large body may still be on the way. */
        SENDING,
        /** The head of the reply. */
        HEAD,
        /** The next event of a stream. */
        READING
    }

    private static FaultBench bench() {
        return FaultBench.alone("openrouter").set("llm.retry.max-retries", 0).withoutCooldowns();
    }

    /** Runs streams that wait in the middle while the victims are ended, and checks that all of them end properly. */
    private void amongNeighbours(FaultBench bench, Phase phase, Consumer<FaultBench> victims) throws Exception {
        StreamReply neighbour = StreamReply.chunked()
                .text("hel")
                .await(end)
                .text("lo")
                .finish("stop")
                .done();
        Reply victim = phase == Phase.READING ? StreamReply.chunked().text("x") : Reply.hang();
        bench.openrouter.answering(request -> request.body().contains("victim") ? victim : neighbour);
        CountDownLatch begun = new CountDownLatch(NEIGHBOURS);
        Queue<String> answers = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        try (var first = bench.client().stream(ChatRequest.of("first"))) {
            first.iterator().next(); // opens the connection
            for (int i = 0; i < NEIGHBOURS; i++) {
                Thread thread = new Thread(() -> {
                    try {
                        answers.add(bench.client().stream(ChatRequest.of("hi"), CallOptions.none())
                                .forEachText(text -> begun.countDown())
                                .text());
                    } catch (RuntimeException e) {
                        answers.add(e.toString());
                    }
                });
                thread.start();
                threads.add(thread);
            }
            begun.await();
            assertEquals(1, bench.front().connections());
            victims.accept(bench);
            end.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
        }
        long whole = answers.stream().filter("hello"::equals).count();
        assertEquals(NEIGHBOURS, whole, answers::toString);
        assertEquals(1, bench.front().connections());
    }

    private void spin() {
        int spins = random.nextInt(40_000);
        for (int i = 0; i < spins; i++) {
            Thread.onSpinWait();
        }
    }

    private static Outcome call(FaultBench bench, Phase phase, CallOptions options) {
        return bench.call(
                phase == Phase.READING ? Mode.STREAM : Mode.CHAT,
                ChatRequest.of(phase == Phase.SENDING ? "victim" + LARGE : "victim"),
                options);
    }

    @Tag("fault-10.4")
    @ParameterizedTest
    @CsvSource({
        "PLATFORM, SENDING",
        "PLATFORM, HEAD",
        "PLATFORM, READING",
        "VIRTUAL, SENDING",
        "VIRTUAL, HEAD",
        "VIRTUAL, READING"
    })
    void interrupt_ofOneCaller_leavesTheOthersAlone(Threads kind, Phase phase) throws Exception {
        assumeTrue(kind == Threads.PLATFORM || Runtime.version().feature() >= 21, "this JVM has no virtual threads");
        try (FaultBench bench = bench()) {
            amongNeighbours(bench, phase, same -> {
                for (int i = 0; i < VICTIMS; i++) {
                    Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
                    try {
                        Thread victim = kind.start(() -> outcomes.add(call(bench, phase, CallOptions.none())));
                        spin();
                        victim.interrupt();
                        victim.join();
                    } catch (ReflectiveOperationException | InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    assertInstanceOf(
                            CancellationException.class, outcomes.element().thrown(), outcomes::toString);
                }
            });
        }
    }

    @Tag("fault-10.4")
    @ParameterizedTest
    @CsvSource({"SENDING", "HEAD", "READING"})
    void cancelOfOneCall_leavesTheOthersAlone(Phase phase) throws Exception {
        try (FaultBench bench = bench()) {
            amongNeighbours(bench, phase, same -> {
                for (int i = 0; i < VICTIMS; i++) {
                    Cancellation stop = Cancellation.create();
                    Thread canceller = new Thread(() -> {
                        spin();
                        stop.cancel();
                    });
                    canceller.start();
                    Outcome outcome = call(
                            bench,
                            phase,
                            CallOptions.builder().cancellation(stop).build());
                    assertInstanceOf(CancellationException.class, outcome.thrown(), outcome::toString);
                }
            });
        }
    }

    @Tag("fault-10.4")
    @ParameterizedTest
    @CsvSource({"SENDING", "HEAD", "READING"})
    void timeoutOfOneCall_leavesTheOthersAlone(Phase phase) throws Exception {
        try (FaultBench bench = bench()) {
            amongNeighbours(bench, phase, same -> {
                for (int i = 0; i < 10; i++) {
                    CallOptions options = CallOptions.builder()
                            .timeout(Duration.ofMillis(1 + random.nextInt(30)))
                            .build();
                    LlmException error = call(bench, phase, options).error();
                    assertEquals(ErrorKind.TIMEOUT, error.kind(), error::toString);
                }
            });
        }
    }
}
