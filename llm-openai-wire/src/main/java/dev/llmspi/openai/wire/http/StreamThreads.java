package dev.llmspi.openai.wire.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.Interceptor;
import okhttp3.Protocol;
import okhttp3.Response;

/**
 * Sends requests over HTTP/2 on a thread of this class while the caller waits for the head of the reply. Many calls
 * share one HTTP/2 connection, and an interrupt of a thread that writes to it would close the connection or leave half
 * a frame there, and so end the calls of others. An interrupt or a cancellation therefore ends only the wait. Calls
 * over HTTP/1.1 stay on their caller's thread, because nothing else uses their connection. Thread-safe.
 */
final class StreamThreads implements Interceptor {

    private static final int IDLE_SECONDS = 5;

    private final Interceptor next;
    private final Executor threads;

    /** @param next the last interceptor, which calls over HTTP/2 run on a thread of this class */
    StreamThreads(Interceptor next) {
        this(
                next,
                new ThreadPoolExecutor(
                        0,
                        Integer.MAX_VALUE,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        StreamThreads::thread));
    }

    StreamThreads(Interceptor next, Executor threads) {
        this.next = next;
        this.threads = threads;
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(null, work, "llmspi-http2", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null); // otherwise an idle thread would keep the application's classes
        return thread;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Connection connection = chain.connection();
        if (connection == null
                || connection.protocol() != Protocol.HTTP_2
                || !(chain.getEventListener() instanceof Exchange exchange)) {
            return next.intercept(chain);
        }
        CompletableFuture<Response> answer = new CompletableFuture<>();
        exchange.waitsFor(answer);
        Runnable sending = () -> send(chain, answer);
        try {
            threads.execute(sending);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            sending.run(); // no thread can be started now
        }
        return await(chain, answer);
    }

    private void send(Chain chain, CompletableFuture<Response> answer) {
        try {
            Response response = next.intercept(chain);
            if (!answer.complete(response)) {
                response.close(); // the caller has not waited for it
            }
        } catch (Throwable e) {
            answer.completeExceptionally(e);
        }
    }

    /** Waits for the head of the reply, until the call is cancelled or the caller is interrupted. */
    private static Response await(Chain chain, CompletableFuture<Response> answer) throws IOException {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            chain.call().cancel();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        } catch (CancellationException e) {
            throw new IOException("cancelled");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IOException(e.getCause());
        }
    }

    /**
     * Waits for the end of the body if it is an HTTP/2 stream, so that the stream need not be reset. Servers close the
     * connection of a client that resets many streams. Over HTTP/1.1, OkHttp itself does this.
     */
    static void awaitEnd(Response response) {
        if (response.protocol() == Protocol.HTTP_2) {
            try {
                response.body().source().exhausted();
            } catch (IOException | RuntimeException e) {
                // The stream has not ended in time.
            }
        }
    }

    /** Releases a reply. An HTTP/2 stream that is not complete is reset, on another thread for the same reason. */
    static void end(Call call, Response response) {
        if (response.protocol() == Protocol.HTTP_2) {
            call.cancel();
        }
        response.close();
    }
}
