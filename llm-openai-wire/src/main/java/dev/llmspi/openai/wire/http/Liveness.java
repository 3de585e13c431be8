package dev.llmspi.openai.wire.http;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Decides which connections of a transport may still be used. A load balancer may forget an idle connection without
 * closing it, and a request on such a connection is never answered. Therefore a connection is suspect if a call ended
 * early and no byte had arrived since its request was sent. Then it is not used again, and neither is any other
 * connection on which no byte has arrived since then.
 *
 * <p>A slow model is silent too. Over HTTP/2, the connection is therefore pinged, and only an unanswered ping makes it
 * suspect. Over HTTP/1.1, silence counts only on a connection from the pool, and only if it lasted longer than the
 * host's answers usually take. Thread-safe.
 */
final class Liveness {

    // The next call waits for the answer to a ping for a quarter of its own time, within these limits.
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(250);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final int PART = 4;

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** One answer changes the usual time of an answer by this part of the difference. */
    private static final int SHARE = 8;

    private record Ping(TrackedSocket socket, long silentSince, long sentAt) {
        boolean isAnswered() {
            return socket.heardSince(sentAt);
        }

        boolean isOverdue(long limit) {
            return System.nanoTime() - sentAt > limit;
        }
    }

    /** A connection is not used if no byte has arrived on it at this time or later. */
    private volatile long trustedSince = System.nanoTime();
    /** How long the host usually takes until the head of a successful answer; 0 if it has not answered yet. */
    private volatile long usualDocument;
    /** The same for streams, whose head usually arrives much earlier. */
    private volatile long usualStream;

    private final Queue<Ping> pings = new ConcurrentLinkedQueue<>();

    boolean trusts(long lastByteAt) {
        return lastByteAt - trustedSince >= 0;
    }

    private synchronized void distrust(long silentSince) {
        if (silentSince - trustedSince > 0) {
            trustedSince = silentSince;
        }
    }

    /**
     * Records how long the host took to answer a request successfully. An error often comes much faster, and says
     * nothing about the time of an answer.
     *
     * @param stream whether a stream was requested
     */
    void answered(long nanos, boolean stream) {
        if (stream) {
            usualStream = usual(usualStream, nanos);
        } else {
            usualDocument = usual(usualDocument, nanos);
        }
    }

    private static long usual(long usual, long nanos) {
        return usual == 0 ? nanos : usual + (nanos - usual) / SHARE;
    }

    /** Records that a request on a pooled HTTP/1.1 connection was given up before any byte arrived. */
    void silent(long sentAt, boolean stream) {
        if (isUnusual(System.nanoTime() - sentAt, stream)) {
            distrust(sentAt);
        }
    }

    /** Whether a silence lasted longer than the host usually takes to answer. */
    boolean isUnusual(long silentNanos, boolean stream) {
        return silentNanos >= (stream ? usualStream : usualDocument);
    }

    /**
     * Records that an HTTP/2 connection is pinged now.
     *
     * @return whether no earlier ping is still open
     */
    boolean pinged(TrackedSocket socket, long silentSince) {
        for (Ping ping : pings) {
            if (ping.socket == socket && !ping.isAnswered()) {
                return false;
            }
        }
        return pings.add(new Ping(socket, silentSince, System.nanoTime()));
    }

    /**
     * Waits until each ping has been answered or its time is over. On a healthy connection this takes one round trip,
     * and usually no ping is open.
     */
    void awaitPongs(CallContext context) {
        if (!pings.isEmpty()) {
            awaitPongs(waitNanos(context.remaining()), context.cancellation());
        }
    }

    private static long waitNanos(Duration remaining) {
        Duration part = remaining.dividedBy(PART);
        Duration wait = part.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : part;
        return (wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait).toNanos();
    }

    private void awaitPongs(long limit, Cancellation cancellation) {
        for (Ping ping = pings.peek(); ping != null; ping = pings.peek()) {
            if (ping.isAnswered()) {
                pings.remove(ping);
            } else if (ping.isOverdue(limit)) {
                ping.socket.retire();
                distrust(ping.silentSince);
                pings.remove(ping);
            } else if (cancellation.isCancelled() || Thread.currentThread().isInterrupted()) {
                return;
            } else {
                LockSupport.parkNanos(this, POLL_NANOS);
            }
        }
    }
}
