package dev.llmspi.openai.wire.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.Protocol;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** Records the progress of one call: whether it opened a connection, sent anything, and received a status. */
final class Exchange extends EventListener {

    // Volatile, because OkHttp's fast fallback opens connections on other threads.
    private volatile boolean connecting;
    private volatile boolean sending;
    /** Whether the connection carries the streams of several calls. */
    private volatile boolean shared;

    private volatile int status;
    private volatile @Nullable PendingRequest request;
    private volatile boolean resolving;
    private volatile boolean cancelled;
    private volatile @Nullable Future<?> awaited;

    private final Duration connectTimeout;
    /** The time to obtain a connection; null while the call has not needed a new one. Used by the caller's thread. */
    private @Nullable ConnectTimer timer;

    Exchange(Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    /** Called before a new connection is established, and not if a pooled one is used. */
    @Override
    public void proxySelectStart(Call call, HttpUrl url) {
        if (timer == null) {
            timer = ConnectTimer.start(call, connectTimeout);
        }
    }

    @Override
    public void dnsStart(Call call, String host) {
        resolving = true;
        HostLookups.isFor(this);
    }

    @Override
    public void dnsEnd(Call call, String host, List<InetAddress> addresses) {
        resolving = false;
    }

    /** Ends the wait for the given result of another thread when the call is cancelled. */
    void waitsFor(Future<?> result) {
        awaited = result;
        if (cancelled) {
            result.cancel(false);
        }
    }

    @Override
    public void canceled(Call call) {
        synchronized (this) {
            cancelled = true;
        }
        Future<?> result = awaited;
        if (result != null) {
            result.cancel(false);
        }
    }

    @Override
    public void connectionAcquired(Call call, Connection connection) {
        shared = connection.protocol() == Protocol.HTTP_2;
        stopTimer();
    }

    /** Called by the caller's thread when it stops waiting for a connection. */
    void stopTimer() {
        if (timer != null) {
            timer.stop();
        }
    }

    /** Whether the call was cancelled because it had no connection within the connect timeout. */
    boolean connectTimeoutExpired() {
        return timer != null && timer.isExpired();
    }

    /** Whether the name of the host was still unresolved. */
    boolean isResolving() {
        return resolving;
    }

    @Override
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
        connecting = true;
        if (call.isCanceled()) {
            // The call was cancelled before OkHttp registered this connection. OkHttp would notice this
            // only after 250 ms.
            Exchange.<RuntimeException>fail(new IOException("cancelled"));
        }
    }

    /** Throws a checked exception without declaring it. OkHttp is written in Kotlin and expects an IOException here. */
    @SuppressWarnings("unchecked") // the type is erased, so nothing is cast
    private static <E extends Exception> void fail(IOException e) throws E {
        throw (E) e;
    }

    /**
     * Marks the start of sending unless a body follows. Over HTTP/1.1, OkHttp buffers the head until the body starts.
     * Over HTTP/2, another call can flush the head at any time, because all calls write to the same buffer.
     */
    @Override
    public void requestHeadersStart(Call call) {
        if (shared || call.request().body() == null) {
            send(call);
        }
    }

    @Override
    public void requestBodyStart(Call call) {
        send(call);
    }

    /**
     * Fails if the call was cancelled. Otherwise its caller, who may be on another thread, sees from now on that it was
     * sent.
     */
    private synchronized void send(Call call) {
        if (sending) {
            return;
        }
        if (cancelled || call.isCanceled() || connectTimeoutExpired()) {
            Exchange.<RuntimeException>fail(new IOException("cancelled"));
        }
        sending = true;
    }

    void sends(PendingRequest sent) {
        sent.limitAnswer();
        request = sent;
    }

    /** Returns the body as it arrives, with a limit of its bytes. */
    BufferedSource limited(Response response) {
        PendingRequest sent = request;
        return sent == null ? response.body().source() : sent.limited(response);
    }

    /** Called when the call has been cancelled before its reply was complete. */
    void givenUp() {
        PendingRequest sent = request;
        if (sending && sent != null) {
            sent.givenUp();
        }
    }

    /** Called when a part of the body has been decoded. */
    void decoded(int bytes) {
        PendingRequest sent = request;
        if (sent != null) {
            sent.decoded(bytes);
        }
    }

    /** Whether the server has sent more bytes than an answer may have. */
    boolean isFlooded() {
        PendingRequest sent = request;
        return sent != null && sent.isFlooded();
    }

    void answered(int httpStatus) {
        status = httpStatus;
    }

    /** Whether this call opened a new connection, which therefore cannot be stale. */
    boolean connected() {
        return connecting;
    }

    /** Whether bytes of the request may have been sent. */
    boolean sent() {
        return sending;
    }

    /** Returns the HTTP status of the reply; 0 if no reply has arrived yet. */
    int status() {
        return status;
    }
}
