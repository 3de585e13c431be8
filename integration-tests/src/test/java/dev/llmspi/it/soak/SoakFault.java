package dev.llmspi.it.soak;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.it.faults.Mode;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import java.util.function.Function;

/** A fault of one attempt, with its effect on the call. */
enum SoakFault {
    BUSY(8, ErrorKind.SERVICE, Then.RETRY, Reply.error(503, "503", "busy")),
    BROKEN(8, ErrorKind.SERVICE, Then.RETRY, Reply.error(500, "500", "oops")),
    SLOW_DOWN(8, ErrorKind.RATE_LIMIT, Then.RETRY, Reply.error(429, "429", "slow")),
    WAIT(8, ErrorKind.RATE_LIMIT, Then.RETRY, Reply.error(429, "429", "slow", "Retry-After-Ms: 2")),
    GAVE_UP(6, ErrorKind.TIMEOUT, Then.RETRY, Reply.error(504, "504", "upstream")),
    CLOSED(8, ErrorKind.CONNECTION, Then.RETRY, Reply.close()),
    RESET(8, ErrorKind.CONNECTION, Then.RETRY, Reply.reset()),
    NO_HTTP(4, ErrorKind.CONNECTION, Then.RETRY, Reply.raw("220 mail ready\r\n\r\n")),
    HTML(4, ErrorKind.SERVICE, Then.RETRY, Reply.of(200, "text/html", "<html>sign in</html>")),
    EMPTY(4, ErrorKind.SERVICE, Then.RETRY, Reply.json(200, "{}")),
    CUT(
            8,
            ErrorKind.CONNECTION,
            Then.RETRY,
            mode -> mode == Mode.STREAM
                    ? StreamReply.chunked().comment().role().cut()
                    : Reply.cutBody(200, "application/json", "{\"choices\":[]}")),
    KEY(5, ErrorKind.AUTHENTICATION, Then.NEXT, Reply.error(401, "401", "key")),
    CREDIT(5, ErrorKind.RESOURCE_EXHAUSTED, Then.NEXT, Reply.error(402, "402", "credit")),
    REDIRECT(4, ErrorKind.SERVICE, Then.NEXT, Reply.of(302, "text/plain", "", "Location: http://127.0.0.1:9/")),
    WRONG_ADDRESS(4, ErrorKind.INVALID_REQUEST, Then.NEXT, Reply.of(404, "text/html", "<html>nothing here</html>")),
    REFUSED(4, ErrorKind.INVALID_REQUEST, Then.END, Reply.error(400, "content_policy_violation", "wrong")),
    /**
     * The server cancels the call through the caller's cancellation object after the request has arrived. It then stays
     * silent.
     */
    CANCELLED(4, null, Then.END, Reply.hang()),
    /** The server interrupts the caller's thread after the request has arrived. It then stays silent. */
    INTERRUPTED(4, null, Then.END, Reply.hang()),
    /** The server stays silent until a timeout expires. */
    STALL(1, ErrorKind.TIMEOUT, Then.RETRY, Reply.hang()),
    /**
     * This fault and the following ones occur only in streams. Text is delivered first, so the client makes no further
     * attempt.
     */
    TEXT_AND_ERROR(8, ErrorKind.SERVICE, Then.END, text().error(502).end()),
    TEXT_AND_CUT(8, ErrorKind.CONNECTION, Then.END, text().cut()),
    TEXT_AND_END(8, ErrorKind.SERVICE, Then.END, text().end()),
    TEXT_AND_GARBAGE(4, ErrorKind.SERVICE, Then.END, text().event("{no json").end()),
    TEXT_AND_SILENCE(1, ErrorKind.TIMEOUT, Then.END, text().comment());

    /** The client's reaction to a fault. */
    enum Then {
        RETRY,
        NEXT,
        END
    }

    /** The text that streams deliver before they break. */
    static final String PARTIAL = "half of it";

    final int weight;
    final ErrorKind kind;
    final Then then;
    private final Function<Mode, Reply> reply;

    SoakFault(int weight, ErrorKind kind, Then then, Reply reply) {
        this(weight, kind, then, mode -> reply);
    }

    SoakFault(int weight, ErrorKind kind, Then then, Function<Mode, Reply> reply) {
        this.weight = weight;
        this.kind = kind;
        this.then = then;
        this.reply = reply;
    }

    private static StreamReply text() {
        return StreamReply.chunked().role().text(PARTIAL);
    }

    boolean comesAfterText() {
        return compareTo(TEXT_AND_ERROR) >= 0;
    }

    /**
     * Returns whether the same request may succeed later. If the call fails, the client prefers to throw such an error.
     */
    boolean isWorthWaiting() {
        return kind == ErrorKind.SERVICE
                || kind == ErrorKind.RATE_LIMIT
                || kind == ErrorKind.TIMEOUT
                || kind == ErrorKind.CONNECTION;
    }

    /** Returns whether this fault ends with a timeout. */
    boolean waitsForATimeout() {
        return this == STALL || this == TEXT_AND_SILENCE;
    }

    Reply reply(Mode mode) {
        return reply.apply(mode);
    }
}
