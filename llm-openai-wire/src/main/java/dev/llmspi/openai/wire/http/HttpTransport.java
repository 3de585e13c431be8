package dev.llmspi.openai.wire.http;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.spi.CredentialException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Call;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests over the network on the caller's thread. No request is sent twice, because OkHttp's retries and
 * redirects are disabled. The connect timeout is the only timeout that is applied here. The client watches the other
 * timeouts and cancels the call through its context. Thread-safe. Each transport belongs to one provider and is closed
 * with it.
 */
public final class HttpTransport implements AutoCloseable {

    private final LazyClient client;
    private final Bounds bounds;
    // OkHttp's dispatcher tracks a call only while the call waits for the head of the reply. Therefore, calls that are
    // about to be sent and calls whose body is being read are tracked here.
    private final Set<Call> running = ConcurrentHashMap.newKeySet();
    private final Set<OpenReply> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    public HttpTransport(Bounds bounds, Network network) {
        this(bounds, network, HostLookups.SHARED);
    }

    HttpTransport(Bounds bounds, Network network, HostLookups lookups) {
        this.bounds = bounds;
        this.client = new LazyClient(network, lookups);
    }

    /**
     * Sends a request and blocks until the head of the reply has arrived. Until the reply is closed, cancelling the
     * context also cancels the call.
     *
     * @param body the body of a POST request; null for a GET request
     * @throws TransportException if no reply arrived or this transport is closed
     */
    public OpenReply open(RequestHead head, @Nullable JsonBody body, CallContext context) throws TransportException {
        Exchange exchange = new Exchange(context.connectTimeout());
        Call call = call(head, body, context, exchange);
        // The call is added before the check, so close() either finds it or has already set the flag.
        running.add(call);
        if (closed || context.cancellation().isCancelled()) {
            running.remove(call);
            throw FailureMapper.cancelled(exchange);
        }
        Cancellation.Registration registration = context.cancellation().onCancel(call::cancel);
        OpenReply reply = null;
        try {
            client.awaitPongs(context);
            reply = new OpenReply(call, call.execute(), exchange, registration, bounds, this::released);
            open.add(reply);
        } catch (CredentialException e) {
            throw FailureMapper.noProxyPassword(e, exchange);
        } catch (Exception e) { // OkHttp is written in Kotlin, and throws an InterruptedException without declaring it
            boolean interrupted = isInterrupt(e);
            if (exchange.connectTimeoutExpired() && !interrupted) {
                throw FailureMapper.connectTimeout(exchange);
            }
            if (call.isCanceled() || interrupted) {
                throw FailureMapper.cancelled(exchange);
            }
            if (e instanceof ConnectionGuard.StaleConnectionException) {
                // The other idle connections are probably stale too, and the next attempt needs a fresh one.
                client.evictAll();
            }
            throw e instanceof IOException failure
                    ? FailureMapper.map(failure, exchange, false)
                    : FailureMapper.map(e, exchange);
        } finally {
            running.remove(call);
            exchange.stopTimer();
            if (reply == null) {
                if (call.isCanceled()) {
                    exchange.givenUp();
                }
                registration.close();
                dropConnectionsIfClosed();
            }
        }
        if (closed) {
            reply.close();
        }
        return reply;
    }

    /**
     * Whether this thread was interrupted, in which case its interrupt flag is set. Some waits of OkHttp clear the flag
     * before they throw.
     */
    private static boolean isInterrupt(Exception e) {
        if (e instanceof InterruptedException
                || e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException)) {
            Thread.currentThread().interrupt();
        }
        return Thread.currentThread().isInterrupted();
    }

    private Call call(RequestHead head, @Nullable JsonBody body, CallContext context, Exchange exchange)
            throws TransportException {
        try {
            Call call = client.client(head.uri(), context.connectTimeout()).newCall(head.request(body));
            call.addEventListener(exchange);
            return call;
        } catch (IllegalArgumentException e) {
            throw FailureMapper.map(new IllegalArgumentException(), exchange); // the message may quote a header
        }
    }

    private void released(OpenReply reply) {
        open.remove(reply);
        dropConnectionsIfClosed();
    }

    /** Prevents calls that end during or after {@link #close} from leaving a connection in the pool. */
    private void dropConnectionsIfClosed() {
        if (closed) {
            client.evictAll();
        }
    }

    /** Cancels the running calls and closes all connections. Idempotent. */
    @Override
    public void close() {
        closed = true;
        running.forEach(Call::cancel);
        open.forEach(OpenReply::close);
        client.evictAll();
    }
}
