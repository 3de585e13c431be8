package dev.llmspi.core.call;

import dev.llmspi.api.AccountStatus;
import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.Capability;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.ModelCatalog;
import dev.llmspi.api.Usage;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmModelException;
import dev.llmspi.core.health.Permit;
import dev.llmspi.core.routing.AttemptTarget;
import dev.llmspi.core.routing.LinkResolver;
import dev.llmspi.core.routing.ResolvedLink;
import dev.llmspi.core.runtime.FatalErrors;
import dev.llmspi.core.settings.TimeoutSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * A provider that is called by its name, with retries but without fallback. Such a call tries the provider even during
 * a cooldown. Safe for use by many threads.
 */
public final class RetryingProvider implements LlmProvider {

    private final AttemptTarget target;
    private final ActiveCalls calls;
    private final LinkResolver resolver;

    public RetryingProvider(AttemptTarget target, ActiveCalls calls, LinkResolver resolver) {
        this.target = target;
        this.calls = calls;
        this.resolver = resolver;
    }

    /** The provider together with its settings and its health. */
    public AttemptTarget target() {
        return target;
    }

    @Override
    public ChatResponse chat(ChatRequest request, CallContext context) {
        ResolvedLink link = resolver.resolve(target, context.agent(), request.model());
        ActiveCall call = calls.find(context).orElse(null);
        if (call == null) {
            return calls.runInNewCall(context, name(), timeouts(link), own -> completed(own, link, request));
        }
        if (joins(call, context)) {
            return run(call, link, request, AttemptKind.CHAT);
        }
        return runWithin(call, context, timeouts(link), own -> completed(own, link, request));
    }

    /** Runs an action in a call within the given one. */
    private <T> T runWithin(
            ActiveCall call, CallContext context, TimeoutSettings agent, Function<ActiveCall, T> action) {
        ActiveCall nested = calls.openWithin(call, context, agent);
        try (nested) {
            nested.runsOnThisThread();
            return action.apply(nested);
        } finally {
            calls.ended();
        }
    }

    private ChatResponse completed(ActiveCall call, ResolvedLink link, ChatRequest request) {
        try {
            return call.history().completed(run(call, link, request, AttemptKind.CHAT));
        } catch (LlmException e) {
            throw call.history().failed(e);
        }
    }

    /**
     * Returns as soon as the first content has arrived. Until then it retries like {@link #chat}; after that it never
     * retries.
     */
    @Override
    public ChatStream stream(ChatRequest request, CallContext context) {
        ResolvedLink link = resolver.resolve(target, context.agent(), request.model());
        ActiveCall call = calls.find(context).orElse(null);
        if (call != null && joins(call, context)) {
            return run(call, link, request, AttemptKind.STREAM);
        }
        ActiveCall own = call == null
                ? calls.openFor(context, name(), timeouts(link))
                : calls.openWithin(call, context, timeouts(link));
        return CallStream.of(own, () -> run(own, link, request, AttemptKind.STREAM));
    }

    /**
     * Whether a call by name is part of the given call. This is the case if a call decorator makes it on the call's
     * thread, with the call's own context and outside of any attempt. Otherwise it becomes a nested call, so that each
     * call has only one attempt at a time.
     */
    private static boolean joins(ActiveCall call, CallContext context) {
        return context == call && call.thread() == Thread.currentThread() && call.attempt() == null;
    }

    private TimeoutSettings timeouts(ResolvedLink link) {
        return resolver.callTimeouts(List.of(link), link.configured());
    }

    private <T> T run(ActiveCall call, ResolvedLink link, ChatRequest request, AttemptKind<T> kind) {
        String problem = link.problem();
        if (problem != null) {
            throw noModel(call, problem);
        }
        ChatRequest complete = link.complete(request, false);
        LinkBudget budget = budget(call, timeouts(link));
        Permit permit = permit(call, budget, complete.model(), kind.streams());
        return new LinkRetries(call, target, budget).run(complete, permit, kind);
    }

    private Permit permit(ActiveCall call, LinkBudget budget, Optional<String> model, boolean stream) {
        return target.health().acquire(budget.keyContext(call, target, stream), model.orElse(""));
    }

    private LlmException noModel(ActiveCall call, String problem) {
        CallHistory.addSkipped(
                call,
                CallHistory.skipped(call, target, Optional.empty())
                        .reason(ErrorReason.NOT_MAPPED)
                        .message(problem));
        return LlmModelException.builder()
                .message("provider \"" + name() + "\": " + problem)
                .provider(name())
                .reason(ErrorReason.NOT_MAPPED)
                .requestSent(false)
                .build();
    }

    /**
     * Grants all the time that the call has left, or less if the provider's block sets a shorter total timeout.
     *
     * @param agent the timeouts configured for the agent
     */
    private LinkBudget budget(ActiveCall call, TimeoutSettings agent) {
        long deadline = LinkBudget.deadlineNanos(call, target, 1);
        return new LinkBudget(deadline, false, call.timeouts().over(agent), agent, List.of());
    }

    @Override
    public String name() {
        return target.name();
    }

    @Override
    public String type() {
        return target.type();
    }

    @Override
    public Optional<URI> endpoint() {
        return target.health().endpoint();
    }

    @Override
    public Optional<String> defaultModel() {
        return target.defaultModel();
    }

    @Override
    public boolean needsModel() {
        return target.needsModel();
    }

    @Override
    public Optional<Set<Capability>> capabilities(String model) {
        return target.capabilities(model);
    }

    @Override
    public void initialize() {
        guarded(target.provider()::initialize);
    }

    /** Calls a method of the provider that is not an attempt, and throws what it throws as an LlmException. */
    private void guarded(Runnable method) {
        try {
            method.run();
        } catch (Throwable e) {
            FatalErrors.rethrow(e);
            throw new AttemptErrors(name(), Optional.empty(), target.timeouts()).attributed(AttemptErrors.of(e));
        }
    }

    /**
     * Each request through a model catalogue or an account status is one attempt with its timeouts but without retries.
     */
    @Override
    public <T> Optional<T> as(Class<T> type) {
        if (type.isInstance(this)) {
            return Optional.of(type.cast(this));
        }
        Optional<T> side = target.as(type);
        if (type == ModelCatalog.class) {
            return side.map(
                    found -> type.cast((ModelCatalog) context -> once(context, ((ModelCatalog) found)::models)));
        }
        if (type == AccountStatus.class) {
            return side.map(
                    found -> type.cast((AccountStatus) context -> once(context, ((AccountStatus) found)::account)));
        }
        return side;
    }

    private <T> T once(CallContext context, Function<CallContext, T> ask) {
        ActiveCall running = calls.find(context).orElse(null);
        if (running != null) {
            return joins(running, context)
                    ? attempt(running, ask)
                    : runWithin(running, context, TimeoutSettings.none(), own -> completedAttempt(own, ask));
        }
        AtomicReference<T> answer = new AtomicReference<>();
        calls.runInNewCall(context, name(), TimeoutSettings.none(), call -> {
            answer.set(attempt(call, ask));
            // The listeners are told of an answer without content.
            return ChatResponse.builder(AssistantMessage.builder().build())
                    .provider(name())
                    .build();
        });
        return Objects.requireNonNull(answer.get());
    }

    private <T> T completedAttempt(ActiveCall call, Function<CallContext, T> ask) {
        try {
            return attempt(call, ask);
        } catch (LlmException e) {
            throw call.history().failed(e);
        }
    }

    private <T> T attempt(ActiveCall call, Function<CallContext, T> ask) {
        LinkBudget budget = budget(call, TimeoutSettings.none());
        Permit permit = permit(call, budget, Optional.empty(), false);
        AttemptExecution attempt =
                new AttemptExecution(call, target, budget, Optional.empty(), permit, Duration.ZERO, false);
        try {
            T answer = ask.apply(attempt);
            if (answer == null) {
                throw AttemptErrors.fault("returned null instead of an answer", null);
            }
            attempt.succeeded(Optional.empty(), Optional.empty(), Usage.none());
            return answer;
        } catch (Throwable e) {
            throw attempt.failed(e);
        }
    }

    @Override
    public void close() {
        guarded(target.provider()::close);
    }

    @Override
    public String toString() {
        return "RetryingProvider[" + name() + "]";
    }
}
