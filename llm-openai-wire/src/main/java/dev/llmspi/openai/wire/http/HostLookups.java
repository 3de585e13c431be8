package dev.llmspi.openai.wire.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import okhttp3.Dns;
import org.jspecify.annotations.Nullable;

/**
 * Resolves host names on daemon threads, because a thread that waits for a name server cannot be stopped. A caller
 * waits for the result only until its call is cancelled, its connect timeout expires or its thread is interrupted.
 * Callers that need the same name at the same time share one look-up. Thread-safe.
 *
 * <p>Results are not cached here, because the JVM already does this ({@code networkaddress.cache.ttl}).
 */
final class HostLookups implements Dns {

    /** Resolves a name. It may block for any time. */
    interface Resolver {
        List<InetAddress> resolve(String host) throws UnknownHostException;
    }

    /** The look-ups of all providers in this JVM, so that the number of threads is limited for all of them together. */
    static final HostLookups SHARED = new HostLookups(Dns.SYSTEM::lookup);

    /** The number of names that can be resolved at the same time. Other names wait for a thread. */
    static final int MAX_THREADS = 16;

    private static final int IDLE_SECONDS = 1;

    /** The exchange for which OkHttp calls {@link #lookup} next on this thread. OkHttp does not pass it on. */
    private static final ThreadLocal<Exchange> CALLER = new ThreadLocal<>();

    private final Resolver resolver;
    private final ThreadPoolExecutor threads;
    /** Guarded by {@code this}. */
    private final Map<String, Lookup> lookups = new HashMap<>();

    HostLookups(Resolver resolver) {
        this.resolver = resolver;
        this.threads = new ThreadPoolExecutor(
                MAX_THREADS,
                MAX_THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                HostLookups::thread);
        threads.allowCoreThreadTimeOut(true);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "llmspi-dns");
        thread.setDaemon(true);
        thread.setContextClassLoader(null); // otherwise a hanging look-up would keep the application's classes
        return thread;
    }

    /** Sets the exchange for which this thread resolves a name next. Its cancellation ends the wait. */
    static void isFor(Exchange exchange) {
        CALLER.set(exchange);
    }

    @Override
    public List<InetAddress> lookup(String host) throws UnknownHostException {
        Exchange caller = CALLER.get();
        CALLER.remove();
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        if (caller != null) {
            caller.waitsFor(answer);
        }
        Lookup lookup = join(host, answer);
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unanswered(host, null);
        } catch (CancellationException e) {
            throw unanswered(host, null);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw unanswered(host, e.getCause());
        } finally {
            leave(lookup, answer);
        }
    }

    /** Returns a new exception for each caller, because callers add suppressed exceptions to it. */
    private static UnknownHostException unanswered(String host, @Nullable Throwable cause) {
        String message = cause instanceof UnknownHostException ? cause.getMessage() : host;
        UnknownHostException failure = new UnknownHostException(message);
        failure.initCause(cause);
        return failure;
    }

    private synchronized Lookup join(String host, CompletableFuture<List<InetAddress>> answer) {
        Lookup lookup = lookups.get(host);
        if (lookup == null) {
            lookup = new Lookup(host);
            threads.execute(lookup);
            lookups.put(host, lookup);
        }
        lookup.waiting.add(answer);
        return lookup;
    }

    private synchronized void leave(Lookup lookup, CompletableFuture<List<InetAddress>> answer) {
        lookup.waiting.removeIf(other -> other == answer);
        if (lookup.waiting.isEmpty() && threads.remove(lookup)) {
            lookups.remove(lookup.host); // it has not begun, and its result is no longer needed
        }
    }

    private synchronized List<CompletableFuture<List<InetAddress>>> end(Lookup lookup) {
        lookups.remove(lookup.host);
        return List.copyOf(lookup.waiting);
    }

    /** The resolution of one name. */
    private final class Lookup implements Runnable {

        private final String host;
        /** The callers' results. Guarded by the enclosing object. */
        private final List<CompletableFuture<List<InetAddress>>> waiting = new ArrayList<>();

        Lookup(String host) {
            this.host = host;
        }

        @Override
        public void run() {
            try {
                List<InetAddress> addresses = resolver.resolve(host);
                end(this).forEach(answer -> answer.complete(addresses));
            } catch (UnknownHostException | RuntimeException | Error e) {
                end(this).forEach(answer -> answer.completeExceptionally(e));
            }
        }
    }
}
