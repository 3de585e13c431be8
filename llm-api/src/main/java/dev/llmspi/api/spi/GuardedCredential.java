package dev.llmspi.api.spi;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks a source that may block on a thread that can be abandoned. A call therefore waits for its key no longer than its
 * timeouts and its cancellation allow. Thread-safe.
 */
final class GuardedCredential implements Credential {

    /** The most threads that one source can hold. Further calls wait for a thread, each within its own time. */
    private static final int MOST_THREADS = 64;

    private static final Logger LOG = System.getLogger("dev.llmspi.call");

    private static final long IDLE_SECONDS = 1;

    /** How much longer than the attempt's time to wait. The attempt's own timeout should come first. */
    private static final long SPARE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** Hands a task to an idle thread, and makes the pool start a new thread if none is idle. */
    private static final class IdleThreadsFirst extends LinkedTransferQueue<Runnable> {
        private static final long serialVersionUID = 1;

        @Override
        public boolean offer(Runnable task) {
            return tryTransfer(task);
        }

        void enqueue(Runnable task) {
            super.offer(task);
        }
    }

    private final Credential source;
    private final String name;
    private final IdleThreadsFirst queue = new IdleThreadsFirst();
    private final ThreadPoolExecutor threads;

    /** Whether the log says that all threads are busy. */
    private volatile boolean warned;

    /** @param name names the source in errors, such as {@code the key file /run/key} */
    GuardedCredential(Credential source, String name) {
        this(source, name, GuardedCredential::thread);
    }

    GuardedCredential(Credential source, String name, ThreadFactory factory) {
        this.source = source;
        this.name = name;
        this.threads = new ThreadPoolExecutor(
                0,
                MOST_THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                queue,
                factory,
                (task, pool) -> queue.enqueue(task)); // all threads are busy
    }

    /** Returns the credential itself unless it may block; otherwise, a credential that guards it. */
    static Credential guard(Credential source, String name) {
        return source instanceof FixedCredential
                        || source instanceof CachedCredential
                        || source instanceof GuardedCredential
                ? source
                : new GuardedCredential(source, name);
    }

    private static Thread thread(Runnable work) {
        // Thread-local values of the caller that happens to start the thread must not reach the next caller.
        Thread thread = new Thread(null, work, "llmspi-key", 0, false);
        thread.setDaemon(true);
        return thread;
    }

    /** Returns what makes a key file useless at the moment. Empty for other sources, which are only asked by calls. */
    Optional<String> problem() {
        return source instanceof FileCredential file ? file.problem() : Optional.empty();
    }

    @Override
    public Secret secret(CallContext context) {
        return ask(() -> source.secret(context), context);
    }

    @Override
    public boolean renew(Secret rejected) {
        return renew(rejected, CallContext.create());
    }

    @Override
    public boolean renew(Secret rejected, CallContext context) {
        return ask(() -> source.renew(rejected, context), context);
    }

    @Override
    public Optional<Secret> known() {
        return source.known();
    }

    /** @throws OutOfMemoryError if the process cannot have another thread now */
    private <T> T ask(Callable<T> question, CallContext context) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        FutureTask<T> answer = new FutureTask<>(() -> call(question, loader));
        threads.execute(answer);
        try {
            T value = await(answer, context, name);
            if (warned) {
                warned = false;
            }
            return value;
        } catch (CredentialException e) {
            throw threads.remove(answer) ? busy() : e; // it may still wait for a thread
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException thrown) {
                throw thrown;
            }
            if (e.getCause() instanceof Error thrown) {
                throw thrown;
            }
            throw new IllegalStateException("the key could not be obtained", e.getCause());
        }
    }

    /** Calls a source with the context class loader of the thread that asks, whatever the JDK gives a new thread. */
    private static <T> T call(Callable<T> question, ClassLoader loader) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return question.call();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private CredentialException busy() {
        CredentialException error = CredentialException.busy(name, MOST_THREADS);
        if (!warned) {
            warned = true;
            LOG.log(Level.WARNING, error.getMessage() + "; calls fail until one of them ends");
        }
        return error;
    }

    /** Names code of others by its class, because its {@code toString} may show a key. */
    static String name(Object code) {
        String type = code.getClass().getName();
        int lambda = type.indexOf("$$Lambda");
        return lambda < 0 ? type : "a lambda of " + type.substring(0, lambda);
    }

    /**
     * Waits for an answer, and cancels it when the call ends first.
     *
     * @param name names the source in errors
     * @throws CredentialException if the call ended first
     */
    @SuppressWarnings("try") // the registration is declared only so that it is closed
    static <T> T await(Future<T> answer, CallContext context, String name) throws ExecutionException {
        try (Cancellation.Registration registration = context.cancellation().onCancel(() -> answer.cancel(true))) {
            long left = context.remaining().compareTo(CallContext.NO_LIMIT) < 0
                    ? context.remaining().toNanos() + SPARE_NANOS
                    : Long.MAX_VALUE;
            return answer.get(left, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw CredentialException.unanswered(name);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw CredentialException.unanswered(name);
        } catch (CancellationException e) {
            throw CredentialException.unanswered(name);
        }
    }

    @Override
    public String toString() {
        return source instanceof FileCredential ? source.toString() : "Credential[" + name + "]";
    }
}
