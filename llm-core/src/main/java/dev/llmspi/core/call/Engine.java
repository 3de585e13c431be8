package dev.llmspi.core.call;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.TimeSource;
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

    /** The client's clocks. */
    public TimeoutSettings timeouts() {
        return timeouts;
    }

    /**
     * Runs an action in the scope of a call. A context of ours is one already; for any other, such as a test's, a call is
     * begun and ended around the action.
     */
    public <T> T inScope(CallContext context, String chain, Function<CallScope, T> action) {
        if (context instanceof CallScope scope) {
            return action.apply(scope);
        }
        try (CallScope scope = scope(context, chain)) {
            scope.runsOnThisThread();
            return action.apply(scope);
        }
    }

    /** Begins a call for a context that is not one of ours. */
    public CallScope scope(CallContext context, String chain) {
        TimeoutSettings.Builder clocks = timeouts.toBuilder();
        if (context.remaining().compareTo(timeouts.total()) < 0) {
            clocks.total(context.remaining().isZero() ? Duration.ofNanos(1) : context.remaining());
        }
        CallSpec spec = new CallSpec(chain, context.requestId(), context.agent(), context.tags(), context.headers(),
                Optional.empty(), clocks.build(), context.cancellation(), null);
        return new CallScope(this, spec, context.callId());
    }

    /** Ends all calls under way as cancelled, and the watch. */
    @Override
    public void close() {
        watch.calls().forEach(call -> call.end(EndCause.CLOSED));
        watch.close();
    }

    /** A random id of 32 hexadecimal digits. */
    public static String newCallId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    }
}
