package dev.llmspi.core.call;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.event.CallInfo;
import dev.llmspi.api.event.CooldownChanged;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.core.health.KeysAhead;
import dev.llmspi.core.routing.ResolvedRoute;
import dev.llmspi.core.runtime.ClientRuntime;
import dev.llmspi.core.settings.TimeoutSettings;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Manages the running calls of a client: opens them, finds them by their context, and terminates them when the client
 * closes.
 */
public final class ActiveCalls implements AutoCloseable {

    private final ClientRuntime runtime;
    private final Watchdog watchdog;
    private final CallListeners listeners;
    private volatile boolean closed;

    public ActiveCalls(ClientRuntime runtime, CallListeners listeners) {
        this.runtime = runtime;
        this.watchdog = new Watchdog(runtime);
        this.listeners = listeners;
    }

    public TimeSource time() {
        return runtime.time();
    }

    /** The client's timeouts. */
    public TimeoutSettings timeouts() {
        return runtime.timeouts();
    }

    Watchdog watchdog() {
        return watchdog;
    }

    CallListeners listeners() {
        return listeners;
    }

    /** Records that a call is over. Each call that was opened is recorded once, at its very end. */
    void ended() {
        runtime.callEnded();
    }

    /** Runs an action on a thread of its own, and counts it like a call, so that a shutdown waits for it. */
    void runAside(Runnable action) {
        runtime.callBegins(true);
        try {
            watchdog.runAside(() -> {
                action.run();
                ended();
            });
        } catch (Throwable e) {
            ended();
            throw e;
        }
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * Opens a call on a route and starts its total timeout. The caller has counted the call with
     * {@link ClientRuntime#callBegins}, and the end of the call uncounts it.
     *
     * @param agent the agent the call is made for, if any
     * @param cancellation the caller's cancellation; null if there is none
     * @param listener the caller's listener for this call; null if there is none
     */
    public ActiveCall open(
            ResolvedRoute route,
            Optional<String> requestId,
            Optional<String> agent,
            Map<String, String> tags,
            Map<String, String> headers,
            @Nullable Cancellation cancellation,
            @Nullable LlmListener listener) {
        CallInfo info =
                new CallInfo(newCallId(), requestId, agent, tags, route.chain(), route.requestedModel(), time().now());
        return new ActiveCall(this, info, headers, route.timeouts(), route, cancellation, listener, null);
    }

    /**
     * Finds the call that a context belongs to. If a decorator has replaced the context with one of its own, the call
     * is found by its ID.
     *
     * @return the call, or empty if the context belongs to no call of this client
     */
    public Optional<ActiveCall> find(CallContext context) {
        TerminableContext own = own(context);
        if (own != null) {
            ActiveCall root = own.call().root();
            return watchdog.calls().contains(root) ? Optional.of(root) : Optional.empty();
        }
        String id = context.callId();
        for (ActiveCall call : watchdog.calls()) {
            if (call.callId().equals(id)) {
                return Optional.of(call.root());
            }
        }
        return Optional.empty();
    }

    /** Returns the context if this client created it, and null otherwise. */
    private @Nullable TerminableContext own(CallContext context) {
        return context instanceof TerminableContext own && own.call().calls() == this ? own : null;
    }

    /** The attempt that a context belongs to. */
    private Optional<AttemptExecution> attempt(CallContext context) {
        TerminableContext own = own(context);
        return own != null ? Optional.ofNullable(own.attempt()) : find(context).map(ActiveCall::attempt);
    }

    /** Tells the client's listeners that a cooldown began or ended. */
    public void cooldownChanged(CooldownChanged event) {
        listeners.tell(LlmListener::cooldownChanged, event);
    }

    /** Records that a provider received this key for an attempt. */
    public void keyUsed(CallContext context, Secret key) {
        attempt(context).ifPresent(attempt -> attempt.keyUsed(key));
    }

    /**
     * The answers of key sources that the call of a context received before its attempt. Null if there is no call, or
     * if the context shows only the ID of several calls, because a key must not reach another call.
     */
    public @Nullable KeysAhead keysAhead(CallContext context) {
        if (context instanceof KeyContext ahead) {
            ActiveCall call = ahead.call();
            KeysAhead known = call.keysAhead;
            if (known == null) { // only the thread of the call asks ahead
                call.keysAhead = known = new KeysAhead();
            }
            return known;
        }
        TerminableContext own = own(context);
        ActiveCall call = own != null ? own.call() : onlyCall(context.callId());
        return call == null ? null : call.keysAhead;
    }

    private @Nullable ActiveCall onlyCall(String id) {
        ActiveCall only = null;
        for (ActiveCall call : watchdog.calls()) {
            if (call.callId().equals(id)) {
                if (only != null) {
                    return null;
                }
                only = call;
            }
        }
        return only;
    }

    /** Whether the call can fall back to another link if the provider that it is calling now fails. */
    public boolean canFallBack(CallContext context) {
        return attempt(context).map(AttemptExecution::isAnotherLinkLeft).orElse(false);
    }

    /** The remaining time, but at least 1 ns. It is read only once, because it may run out between two reads. */
    private static Duration remaining(CallContext context) {
        Duration left = context.remaining();
        return left.isZero() || left.isNegative() ? Duration.ofNanos(1) : left;
    }

    /**
     * Opens a call within another one, for a provider that is called by its name. The new call has the identity,
     * history and listeners of the outer call, and the cancellation, headers and remaining time of the context.
     *
     * @param agent the timeouts configured for the context's agent
     */
    ActiveCall openWithin(ActiveCall parent, CallContext context, TimeoutSettings agent) {
        Duration left = remaining(context);
        TimeoutSettings timeouts =
                parent.timeouts().over(agent).toBuilder().total(left).build();
        return counted(
                true,
                () -> new ActiveCall(
                        this, parent.info(), context.headers(), timeouts, null, context.cancellation(), null, parent));
    }

    /**
     * Opens a call for a context that belongs to no call, runs the action in the new call and closes it.
     *
     * @param agent the timeouts configured for the context's agent
     */
    ChatResponse runInNewCall(
            CallContext context, String chain, TimeoutSettings agent, Function<ActiveCall, ChatResponse> action) {
        return openFor(context, chain, agent).run(action);
    }

    /**
     * Opens a call for a context that belongs to no call. The new call has the identity, cancellation and remaining
     * time of the context.
     *
     * @param agent the timeouts configured for the context's agent
     */
    ActiveCall openFor(CallContext context, String chain, TimeoutSettings agent) {
        TimeoutSettings timeouts = agent;
        Duration left = remaining(context);
        if (left.compareTo(agent.over(timeouts()).total()) < 0) {
            timeouts = agent.toBuilder().total(left).build();
        }
        CallInfo info = new CallInfo(
                context.callId(),
                context.requestId(),
                context.agent(),
                context.tags(),
                chain,
                Optional.empty(),
                time().now());
        TimeoutSettings own = timeouts;
        return counted(
                find(context).isPresent(),
                () -> new ActiveCall(this, info, context.headers(), own, null, context.cancellation(), null, null));
    }

    /**
     * Counts a call and opens it.
     *
     * @param within whether it is part of another call, so that a shutdown in progress does not refuse it
     */
    private ActiveCall counted(boolean within, Supplier<ActiveCall> open) {
        runtime.callBegins(within);
        try {
            return open.get();
        } catch (Throwable e) {
            runtime.callEnded();
            throw e;
        }
    }

    /** Cancels all running calls and stops the watchdog. */
    @Override
    public void close() {
        closed = true;
        for (ActiveCall call : watchdog.calls()) {
            try {
                call.terminate(TerminationCause.CLOSED);
            } catch (VirtualMachineError e) {
                // The watchdog repeats the actions that have failed.
            }
        }
        watchdog.close();
    }

    /** Creates a random ID of 32 hexadecimal digits. */
    private static String newCallId() {
        byte[] id = new byte[16];
        ThreadLocalRandom.current().nextBytes(id);
        return HexFormat.of().formatHex(id);
    }
}
