package dev.llmspi.core.async;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads for calls that block: virtual ones where the JVM has them, else a cached pool of daemon threads. */
public final class WorkerThreads {

    private WorkerThreads() {}

    public static ExecutorService create() {
        try {
            // Looked up, not called: the class files are of Java 17, which has no virtual threads.
            MethodHandle virtual = MethodHandles.publicLookup()
                    .findStatic(
                            Executors.class,
                            "newVirtualThreadPerTaskExecutor",
                            MethodType.methodType(ExecutorService.class));
            return (ExecutorService) virtual.invokeExact();
        } catch (NoSuchMethodException | IllegalAccessException | UnsupportedOperationException olderJvm) {
            return daemons();
        } catch (Throwable e) {
            throw new IllegalStateException("no executor of virtual threads", e);
        }
    }

    private static ExecutorService daemons() {
        AtomicInteger count = new AtomicInteger();
        return Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "llmspi-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }
}
