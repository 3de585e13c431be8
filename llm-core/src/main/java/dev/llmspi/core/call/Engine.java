package dev.llmspi.core.call;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.event.CallInfo;
import dev.llmspi.core.settings.TimeoutSettings;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/** What all calls of a client share: the clock, the watch, the listeners, the client's own timeouts. */
public final class Engine implements AutoCloseable {

    private final TimeSource time;
    private final Watch watch;
    private final Listeners listeners;
    private final TimeoutSettings timeouts;
    private volatile boolean closed;

    public Engine(TimeSource time, Listeners listeners, TimeoutSettings timeouts) {
        this.time = time;
        this.watch = new Watch(time);
        this.listeners = listeners;
        this.timeouts = timeouts;
    }

    public TimeSource time() {
        return time;
    }

    public Watch watch() {
        return watch;
    }

    public Listeners listeners() {
        return listeners;
    }

    boolean isClosed() {
        return closed;
    }

    /** The client's clocks. */
    public TimeoutSettings timeouts() {
        return timeouts;
    }

    /**
     * The call a context belongs to: a decorator may have put one of its own around it.
     *
     * @return empty if it is no call of this client, but a test's or a direct one
     */
    public Optional<CallScope> find(CallContext context) {
        if (context instanceof CallScope scope) {
            return Optional.of(scope);
        }
        return watch.calls().stream()
                .filter(call -> call.callId().equals(context.callId()))
                .findFirst();
    }

    /** Begins a call for a context that belongs to none, runs the action in it and ends it. */
    public ChatResponse inNewScope(CallContext context, String chain, Function<CallScope, ChatResponse> action) {
        try (CallScope scope = newScope(context, chain)) {
            scope.runsOnThisThread();
            try {
                ChatResponse response = action.apply(scope);
                scope.finished(response, null);
                return response;
            } catch (Throwable e) {
                scope.finished(null, e);
                throw e;
            }
        }
    }

    /** Begins a call for a context that belongs to none: with its identity, its cancellation and its time. */
    public CallScope newScope(CallContext context, String chain) {
        TimeoutSettings clocks = TimeoutSettings.none();
        if (context.remaining().compareTo(timeouts.total()) < 0) {
            Duration left = context.remaining().isZero() ? Duration.ofNanos(1) : context.remaining();
            clocks = TimeoutSettings.builder().total(left).build();
        }
        CallInfo info = new CallInfo(
                context.callId(),
                context.requestId(),
                context.agent(),
                context.tags(),
                chain,
                Optional.empty(),
                time.now());
        return new CallScope(this, info, context.headers(), clocks, context.cancellation(), null);
    }

    /** Ends all calls under way as cancelled, and the watch. */
    @Override
    public void close() {
        closed = true;
        watch.calls().forEach(call -> call.end(EndCause.CLOSED));
        watch.close();
    }

    /** A random id of 32 hexadecimal digits. */
    public static String newCallId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        byte[] id = new byte[16];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }
}
