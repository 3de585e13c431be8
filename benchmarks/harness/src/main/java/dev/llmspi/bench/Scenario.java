package dev.llmspi.bench;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The scenarios. Each makes calls and returns their cost. They run repeatedly in one JVM, so that the JVM is warm. */
final class Scenario {

    private static final List<String> SHORT = List.of();
    private static final int WARM_CALLS = 3_000;
    private static final int WARM_LONG_CALLS = 400;
    private static final int CALLS = 20_000;
    private static final int MESSAGES = 200_000;
    private static final int STREAMS = 1_500;
    private static final int PIECES = 300;

    private final Contestant contestant;
    private final URI server;

    Scenario(Contestant contestant, URI server) {
        this.contestant = contestant;
        this.server = server;
    }

    /** Runs a scenario and returns its figures by name. */
    Map<String, Double> run(List<String> command) throws Exception {
        return switch (command.get(0)) {
            case "calls" -> calls(CALLS);
            case "callers" -> callers("answer", number(command, 1), number(command, 2));
            case "faulty-callers" -> callers("faults", number(command, 1), number(command, 2));
            case "stream" -> streams(STREAMS, PIECES);
            case "stream-of" -> streams(Math.max(3, 300_000 / number(command, 1)), number(command, 1));
            case "conversation-first" -> firstTimes(turns(number(command, 1), number(command, 2)));
            case "conversation-again" -> again(turns(number(command, 1), number(command, 2)));
            case "held" -> held(number(command, 1), number(command, 2), number(command, 3));
            default -> throw new IllegalArgumentException("unknown scenario " + command);
        };
    }

    private static int number(List<String> command, int index) {
        return Integer.parseInt(command.get(index));
    }

    private Contestant.Client open(String path, int callers) {
        return contestant.open(server.resolve(path + "/v1"), callers);
    }

    private Map<String, Double> calls(int count) {
        try (Contestant.Client client = open("/answer", 1)) {
            Contestant.Conversation conversation = client.conversation(SHORT);
            warm(conversation, WARM_CALLS);
            return timed(count, i -> conversation);
        }
    }

    private static void warm(Contestant.Conversation conversation, int calls) {
        for (int i = 0; i < calls; i++) {
            check(conversation.ask("Why is the sky blue?"));
        }
    }

    private static void check(String answer) {
        if (!answer.startsWith("Sunlight")) {
            throw new IllegalStateException("answered: " + answer);
        }
    }

    private interface Conversations {
        Contestant.Conversation get(int index);
    }

    private static Map<String, Double> timed(int count, Conversations conversations) {
        long[] nanos = new long[count];
        Meter meter = new Meter();
        for (int i = 0; i < count; i++) {
            Contestant.Conversation conversation = conversations.get(i);
            long start = System.nanoTime();
            check(conversation.ask("Why is the sky blue?"));
            nanos[i] = System.nanoTime() - start;
        }
        Map<String, Double> figures = new TreeMap<>();
        figures.put("cpu", meter.cpuNanos() / 1e3 / count);
        figures.put("bytes", (double) meter.bytes() / count);
        figures.put("p50", median(nanos));
        figures.put("p99", percentile(nanos, 99));
        return figures;
    }

    /** Returns the median in microseconds. */
    private static double median(long[] nanos) {
        return percentile(nanos, 50);
    }

    private static double percentile(long[] nanos, int percent) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1e3;
    }

    private Map<String, Double> callers(String path, int callers, int seconds) throws Exception {
        try (Contestant.Client client = open("/" + path, callers)) {
            Contestant.Conversation conversation = client.conversation(SHORT);
            callInParallel(conversation, callers, TimeUnit.SECONDS.toNanos(1));
            long heap = usedHeap();
            int threads = Thread.getAllStackTraces().size();
            Meter meter = new Meter();
            long[] counts = callInParallel(conversation, callers, TimeUnit.SECONDS.toNanos(seconds));
            double calls = counts[0] * 1e9 / meter.nanos();
            double cpu = meter.cpuNanos() / 1e3 / counts[0];
            Map<String, Double> figures = new TreeMap<>();
            figures.put("calls", calls);
            figures.put("answered", (double) counts[0]);
            figures.put("failed", (double) counts[1]);
            figures.put("cpu", cpu);
            figures.put("heap", (double) (usedHeap() - heap));
            figures.put("threads", (double) (Thread.getAllStackTraces().size() - threads));
            return figures;
        }
    }

    private static long[] callInParallel(Contestant.Conversation conversation, int callers, long nanos)
            throws InterruptedException {
        AtomicLong answered = new AtomicLong();
        AtomicLong failed = new AtomicLong();
        long end = System.nanoTime() + nanos;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            Thread thread = new Thread(() -> {
                while (System.nanoTime() - end < 0) {
                    try {
                        check(conversation.ask("Why is the sky blue?"));
                        answered.incrementAndGet();
                    } catch (RuntimeException e) {
                        failed.incrementAndGet();
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return new long[] {answered.get(), failed.get()};
    }

    private Map<String, Double> streams(int count, int pieces) {
        try (Contestant.Client client = open("/events/" + pieces, 1)) {
            Contestant.Conversation conversation = client.conversation(SHORT);
            readStreams(conversation, Math.max(2, 60_000 / pieces), pieces);
            long[] first = new long[count];
            Meter meter = new Meter();
            for (int i = 0; i < count; i++) {
                first[i] = readStream(conversation, pieces);
            }
            double read = (double) count * pieces;
            Map<String, Double> figures = new TreeMap<>();
            figures.put("cpu", meter.cpuNanos() / 1e3 / read);
            figures.put("bytes", meter.bytes() / read);
            figures.put("first", median(first));
            return figures;
        }
    }

    private static void readStreams(Contestant.Conversation conversation, int count, int pieces) {
        for (int i = 0; i < count; i++) {
            readStream(conversation, pieces);
        }
    }

    /** Reads a stream to its end and returns the time to the first text, in nanoseconds. */
    private static long readStream(Contestant.Conversation conversation, int pieces) {
        AtomicInteger texts = new AtomicInteger();
        AtomicLong first = new AtomicLong();
        long start = System.nanoTime();
        conversation.stream("Why is the sky blue?", () -> {
            if (texts.incrementAndGet() == 1) {
                first.set(System.nanoTime() - start);
            }
        });
        if (texts.get() != pieces) {
            throw new IllegalStateException(texts + " pieces of text, not " + pieces);
        }
        return first.get();
    }

    /** Returns distinct turns with a given total number of characters. */
    private static List<String> turns(int messages, int characters) {
        List<String> turns = new ArrayList<>();
        String line = "for (int i = 0; i < lines.size(); i++) { if (lines.get(i).isBlank()) { continue; } }\n";
        int length = characters / messages;
        for (int i = 0; i < messages - 1; i++) {
            StringBuilder turn = new StringBuilder("Turn ").append(i).append(":\n");
            while (turn.length() < length) {
                turn.append(line);
            }
            turns.add(turn.substring(0, length));
        }
        return turns;
    }

    private static int longCalls(List<String> turns) {
        return Math.max(200, Math.min(4_000, MESSAGES / (turns.size() + 1)));
    }

    /** Measures conversations that have not been sent before. */
    private Map<String, Double> firstTimes(List<String> turns) {
        try (Contestant.Client client = open("/answer", 1)) {
            for (int i = 0; i < WARM_LONG_CALLS; i++) {
                check(client.conversation(turns).ask("Why is the sky blue?"));
            }
            List<Contestant.Conversation> fresh = new ArrayList<>();
            for (int i = 0; i < longCalls(turns); i++) {
                fresh.add(client.conversation(turns));
            }
            return timed(fresh.size(), fresh::get);
        }
    }

    private Map<String, Double> again(List<String> turns) {
        try (Contestant.Client client = open("/answer", 1)) {
            Contestant.Conversation conversation = client.conversation(turns);
            warm(conversation, WARM_LONG_CALLS);
            return timed(longCalls(turns), i -> conversation);
        }
    }

    /** Measures many concurrent streams, each with a pause before every piece of text. */
    private Map<String, Double> held(int streams, int pieces, int pauseMillis) throws Exception {
        // The end of a stream follows one pause after the last piece.
        long inTime = TimeUnit.MILLISECONDS.toNanos((pieces + 1L) * pauseMillis + 2_000);
        ThreadFactory threads = VirtualThreads.orPlatform();
        try (Contestant.Client client = open("/slow/" + pieces + "/" + pauseMillis, streams)) {
            Contestant.Conversation conversation = client.conversation(SHORT);
            long heapBefore = usedHeap();
            AtomicInteger good = new AtomicInteger();
            CountDownLatch allFirst = new CountDownLatch(streams);
            CountDownLatch over = new CountDownLatch(streams);
            Meter meter = new Meter();
            for (int i = 0; i < streams; i++) {
                threads.newThread(() -> {
                            try {
                                hold(conversation, pieces, inTime, good, allFirst);
                            } finally {
                                over.countDown();
                            }
                        })
                        .start();
                TimeUnit.MICROSECONDS.sleep(500); // real users do not call at the same instant
            }
            Map<String, Double> figures = new TreeMap<>();
            if (allFirst.await(pieces * (long) pauseMillis / 2, TimeUnit.MILLISECONDS)) {
                figures.put("heap", (double) (usedHeap() - heapBefore) / streams);
            }
            figures.put(
                    "threads", (double) Thread.getAllStackTraces().size()); // counts platform threads only
            over.await(2L * pieces * pauseMillis + 30_000, TimeUnit.MILLISECONDS);
            figures.put("in-time", (double) good.get());
            figures.put("cpu", meter.cpuNanos() / 1e9);
            return figures;
        }
    }

    private static void hold(
            Contestant.Conversation conversation, int pieces, long inTime, AtomicInteger good, CountDownLatch first) {
        AtomicInteger texts = new AtomicInteger();
        long start = System.nanoTime();
        conversation.stream("Why is the sky blue?", () -> {
            if (texts.incrementAndGet() == 1) {
                first.countDown();
            }
        });
        if (texts.get() == pieces && System.nanoTime() - start <= inTime) {
            good.incrementAndGet();
        }
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
