package dev.llmspi.openai.wire.http;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.AsyncTimeout;
import okio.BufferedSink;
import okio.BufferedSource;
import okio.Okio;
import org.jspecify.annotations.Nullable;

/** A request on its connection. If its call ends early, it tells {@link Liveness} whether the connection was silent. */
final class PendingRequest {

    /** An HTTP/2 connection is not pinged if a byte has arrived within this time. */
    private static final long RECENT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Liveness liveness;
    private final TrackedSocket socket;
    private final boolean multiplexed;
    private final boolean pooled;
    private final boolean streamed;
    /** Limits the bytes of the answer; null if they need no limit. Used by one thread at a time. */
    private @Nullable InputMeter meter;

    /** Whether there is no stream through which OkHttp can ping. */
    private volatile boolean withoutBody;

    private final long sentAt = System.nanoTime();
    /** These three are guarded by {@code this}. */
    private @Nullable AsyncTimeout stream;

    private boolean sending = true;
    private boolean pingWanted;

    /**
     * @param multiplexed whether the connection uses HTTP/2
     * @param pooled whether an earlier call has used the connection
     * @param streamed whether the answer is requested as a stream
     */
    PendingRequest(Liveness liveness, TrackedSocket socket, boolean multiplexed, boolean pooled, boolean streamed) {
        this.liveness = liveness;
        this.socket = socket;
        this.multiplexed = multiplexed;
        this.pooled = pooled;
        this.streamed = streamed;
        this.meter = multiplexed ? null : socket.meter();
    }

    /** Returns the request to send over HTTP/2. Its body gives access to the stream, through which OkHttp can ping. */
    Request over(Request request) {
        RequestBody body = request.body();
        if (body == null) {
            withoutBody = true;
            return request;
        }
        return request.newBuilder()
                .method(request.method(), new StreamBody(body))
                .build();
    }

    /** Limits the bytes of the answer over HTTP/1.1. */
    void limitAnswer() {
        if (meter != null) {
            meter.begin();
        }
    }

    /**
     * Returns the body as it arrives. Over HTTP/2, several answers share a connection, so the bytes of a body are
     * limited here. Only a compressed body can go on without a decoded byte.
     */
    BufferedSource limited(Response response) {
        BufferedSource body = response.body().source();
        if (!multiplexed || response.header("Content-Encoding") == null) {
            return body;
        }
        InputMeter own = new InputMeter();
        own.begin();
        meter = own;
        return Okio.buffer(own.counting(body));
    }

    /** Called when a part of the body has been decoded. */
    void decoded(int bytes) {
        if (meter != null) {
            meter.decoded(bytes);
        }
    }

    /** Whether more bytes have arrived than an answer may have. */
    boolean isFlooded() {
        return meter != null && meter.isExceeded();
    }

    void answered() {
        liveness.answered(System.nanoTime() - sentAt, streamed);
    }

    /** Called after the call was cancelled. */
    void givenUp() {
        if (withoutBody) {
            long recently = System.nanoTime() - RECENT_NANOS;
            if (sentAt - recently < 0 && !socket.heardSince(recently)) {
                socket.retire();
            }
        } else if (multiplexed) {
            if (!socket.heardSince(sentAt) || !socket.heardSince(System.nanoTime() - RECENT_NANOS)) {
                ping();
            }
        } else if (pooled && !socket.heardSince(sentAt)) {
            liveness.silent(sentAt, streamed);
        }
    }

    private synchronized void ping() {
        if (stream != null && liveness.pinged(socket, socket.heardSince(sentAt) ? socket.lastByteAt() : sentAt)) {
            pingWanted = true;
            pingIfUnused();
        }
    }

    /** Called by the thread that sent the request over HTTP/2, when it has the head of the answer or has failed. */
    synchronized void sendingEnded() {
        sending = false;
        pingIfUnused();
    }

    /** Lets OkHttp ping the connection, which it does only when a timeout of a stream expires. */
    private void pingIfUnused() {
        AsyncTimeout timeout = stream;
        if (timeout != null && pingWanted && !sending) {
            stream = null;
            timeout.deadlineNanoTime(System.nanoTime());
            timeout.enter();
        }
    }

    private synchronized void sendsTo(AsyncTimeout timeout) {
        stream = timeout;
    }

    /** A body that remembers the timeout of the HTTP/2 stream to which it is written. */
    private final class StreamBody extends RequestBody {
        private final RequestBody body;

        StreamBody(RequestBody body) {
            this.body = body;
        }

        @Override
        public @Nullable MediaType contentType() {
            return body.contentType();
        }

        @Override
        public long contentLength() throws IOException {
            return body.contentLength();
        }

        @Override
        public boolean isOneShot() {
            return body.isOneShot();
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            if (sink.timeout() instanceof AsyncTimeout timeout) {
                sendsTo(timeout);
            }
            body.writeTo(sink);
        }
    }
}
