package dev.llmspi.it.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The resources that this JVM uses: threads, file descriptors (if the system shows them), and the heap after a garbage
 * collection. Threads that libraries share within the JVM, and that end after being idle for a minute, are not counted.
 */
record Footprint(List<String> threads, int descriptors, long heap) {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final List<String> SHARED = List.of(
            "OkHttp TaskRunner",
            "Okio Watchdog",
            "ForkJoinPool.commonPool",
            "http2-front",
            "http2-relay",
            "globalEventExecutor",
            "CompletableFutureDelayScheduler");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    /** The number of descriptors that the JVM itself opens occasionally, for jars and time zones. */
    private static final int FEW = 3;

    private static final long HEAP_NOISE = 4L << 20;

    static Footprint now() {
        return new Footprint(runningThreads(), openDescriptors(), usedHeap());
    }

    /** Returns a copy of this footprint with the threads of another one, which was taken before the client existed. */
    Footprint withThreadsOf(Footprint other) {
        return new Footprint(other.threads, descriptors, heap);
    }

    /** Waits until the JVM has returned to this footprint. Fails if this takes too long. */
    void awaitBack(String where) {
        await(
                () -> {
                    List<String> more = runningThreads();
                    threads.forEach(more::remove);
                    return more.isEmpty() ? "" : "threads: " + more;
                },
                where);
        await(
                () -> {
                    int open = openDescriptors();
                    return open <= descriptors + FEW ? "" : open + " descriptors, " + descriptors + " at the start";
                },
                where);
        await(
                () -> {
                    long used = usedHeap();
                    return used <= heap + HEAP_NOISE ? "" : used + " bytes of heap, " + heap + " at the start";
                },
                where);
    }

    private static void await(Supplier<String> problem, String where) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        for (String left = problem.get(); !left.isEmpty(); left = problem.get()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(where + ": " + left);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    @Override
    public String toString() {
        return threads.size() + " threads, " + descriptors + " descriptors, " + (heap >> 10) + " KiB of heap";
    }

    /** Returns the names of the running threads in a modifiable list. */
    private static List<String> runningThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !carriesVirtualThreads(thread))
                .map(Thread::getName)
                .filter(name -> SHARED.stream().noneMatch(name::startsWith))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /**
     * Returns whether a thread is one of the JVM's carrier threads for virtual threads. The JVM keeps them after the
     * first virtual thread has run, and there can be a few more of them than processors.
     */
    private static boolean carriesVirtualThreads(Thread thread) {
        String type = thread.getClass().getName();
        return type.startsWith("jdk.internal.") || type.equals("java.util.concurrent.DelayScheduler");
    }

    private static int openDescriptors() {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return 0;
        }
        try (Stream<Path> open = Files.list(DESCRIPTORS)) {
            return (int) open.count();
        } catch (IOException e) {
            throw new AssertionError("the descriptors cannot be counted", e);
        }
    }

    private static long usedHeap() {
        Runtime jvm = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc(); // an object freed in one collection can keep other objects alive until the next one
        }
        return jvm.totalMemory() - jvm.freeMemory();
    }
}
