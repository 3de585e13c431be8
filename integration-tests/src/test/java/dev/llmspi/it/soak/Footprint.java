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
 * What this JVM holds: threads, file descriptors (where the system shows them), heap after collection. Threads that
 * libraries share in the whole JVM and let go of by themselves after a minute do not count.
 */
record Footprint(List<String> threads, int descriptors, long heap) {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final List<String> SHARED = List.of("OkHttp TaskRunner", "Okio Watchdog", "ForkJoinPool.commonPool");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    /** Descriptors the JVM itself opens now and then, for jars and zones. */
    private static final int FEW = 3;

    private static final long HEAP_NOISE = 4L << 20;

    static Footprint now() {
        return new Footprint(runningThreads(), openDescriptors(), usedHeap());
    }

    /** This with the threads of another, from before there was anything. */
    Footprint withThreadsOf(Footprint other) {
        return new Footprint(other.threads, descriptors, heap);
    }

    /** Waits until this JVM holds no more than this; fails if it does not come to that. */
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

    /** In a list that can be changed. */
    private static List<String> runningThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !carriesVirtualThreads(thread))
                .map(Thread::getName)
                .filter(name -> SHARED.stream().noneMatch(name::startsWith))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** The JVM's own, which stay once there was a virtual thread; there are as many as processors, and a few more. */
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
            System.gc(); // a reference let go of by one collection may hold on to others until the next
        }
        return jvm.totalMemory() - jvm.freeMemory();
    }
}
