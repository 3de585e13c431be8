package dev.llmspi.core.call;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.core.routing.AttemptTarget;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The context in which a key is asked for before its attempt begins, because the key shows whether its account is in
 * cooldown. It is the context of the call with the time of the attempt.
 */
record KeyContext(ActiveCall call, AttemptTarget target, Duration remaining) implements CallContext {

    @Override
    public String callId() {
        return call.callId();
    }

    @Override
    public Optional<String> requestId() {
        return call.requestId();
    }

    @Override
    public Optional<String> agent() {
        return call.agent();
    }

    @Override
    public Map<String, String> tags() {
        return call.tags();
    }

    @Override
    public Map<String, String> headers() {
        return call.headers();
    }

    @Override
    public Cancellation cancellation() {
        return call.cancellation();
    }

    @Override
    public Duration connectTimeout() {
        return call.connectTimeout();
    }
}
