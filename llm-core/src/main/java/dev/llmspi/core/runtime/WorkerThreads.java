package dev.llmspi.core.runtime;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Creates daemon threads, and executors for calls that block: with virtual threads if the JVM has them, otherwise with
 * a cached pool of daemon threads.
 */
public final class WorkerThreads {

    private WorkerThreads() {}

    /** Creates a daemon thread that has not started yet. */
    public static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Starts a thread. If the process cannot have another thread now, runs the task on the calling thread instead. */
    public static void startOrRun(Thread thread, Runnable task) {
        try {
            thread.start();
        } catch (OutOfMemoryError e) {
            FatalErrors.rethrow(e);
            task.run();
        }
    }

    public static ExecutorService create() {
        try {
            // The method is called through a method handle, because the code is compiled for Java 17, which has no
            // virtual threads.
            MethodHandle virtual = MethodHandles.publicLookup()
                    .findStatic(
                            Executors.class,
                            "newVirtualThreadPerTaskExecutor",
                            MethodType.methodType(ExecutorService.class));
            return (ExecutorService) virtual.invokeExact();
        } catch (NoSuchMethodException | IllegalAccessException | UnsupportedOperationException olderJvm) {
            return daemons();
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("no executor of virtual threads", e);
        }
    }

    static ExecutorService daemons() {
        AtomicInteger count = new AtomicInteger();
        return Executors.newCachedThreadPool(task -> daemon("llmspi-" + count.incrementAndGet(), task));
    }
}
