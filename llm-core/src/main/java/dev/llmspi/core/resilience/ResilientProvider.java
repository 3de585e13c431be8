package dev.llmspi.core.resilience;

import dev.llmspi.api.AccountStatus;
import dev.llmspi.api.Attempt;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.Capability;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.ModelCatalog;
import dev.llmspi.api.Usage;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.RetryScheduled;
import dev.llmspi.core.call.CallScope;
import dev.llmspi.core.call.CallStream;
import dev.llmspi.core.call.EndCause;
import dev.llmspi.core.call.Engine;
import dev.llmspi.core.call.LinkLimits;
import dev.llmspi.core.call.Nanos;
import dev.llmspi.core.settings.ProviderSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A provider with its retries: asks it, waits and asks again as long as that helps, feeds its health, and lists every attempt
 * in the call. A decorator: it is a provider itself.
 */
public final class ResilientProvider implements LlmProvider {

    private static final Logger LOG = System.getLogger("dev.llmspi.call");

    private final LlmProvider target;
    private final ProviderSettings settings;
    private final Engine engine;
    private final ProviderHealth health;

    public ResilientProvider(LlmProvider target, ProviderSettings settings, Engine engine, ProviderHealth health) {
        this.target = target;
        this.settings = settings;
        this.engine = engine;
        this.health = health;
    }

    @Override
    public ChatResponse chat(ChatRequest request, CallContext context) {
        if (context instanceof CallScope call) {
            return chat(request, call);
        }
        // Called without a chain: this is the whole call, so it ends here.
        return engine.inNewScope(context, name(), call -> {
            try {
                limit(call);
                return call.history().completed(chat(withModel(request), call));
            } catch (LlmException e) {
                throw call.history().failed(e);
            }
        });
    }

    /** Without a chain: the block's own total clock limits the call. */
    private void limit(CallScope call) {
        settings.timeouts()
                .ownTotal()
                .ifPresent(total -> call.enterLink(new LinkLimits(
                        engine.time().nanoTime() + Math.min(Nanos.of(total), call.remainingNanos()),
                        false,
                        call.timeouts(),
                        List.of())));
    }

    private ChatResponse chat(ChatRequest request, CallScope call) {
        return retried(request, call, false, (asked, record) -> {
            try {
                ChatResponse response = target.chat(request, record.scope());
                if (response == null) {
                    throw AttemptRecord.fault("returned null instead of an answer", null);
                }
                record.succeeded(response.model(), response.requestId(), response.usage());
                return response;
            } catch (Throwable e) {
                throw record.failed(e);
            }
        });
    }

    /** Returns once the first content is there: until then it is retried like {@link #chat}, after it never. */
    @Override
    public ChatStream stream(ChatRequest request, CallContext context) {
        if (context instanceof CallScope call) {
            return retried(request, call, true, (asked, record) -> StreamedAttempt.open(asked, request, record));
        }
        CallScope call = engine.newScope(context, name());
        limit(call);
        ChatRequest complete = withModel(request);
        return CallStream.of(call, () -> stream(complete, call), () -> {});
    }

    private <T> T retried(
            ChatRequest request,
            CallScope call,
            boolean stream,
            BiFunction<AttemptRecord.Asked, AttemptRecord, T> attempt) {
        RetryPlan plan = new RetryPlan(settings, engine.time());
        AttemptRecord.Asked asked = new AttemptRecord.Asked(target, settings, call, health);
        Duration waited = Duration.ZERO;
        while (true) {
            try {
                AttemptRecord record =
                        AttemptRecord.begin(asked, request.model().orElse(""), waited, stream);
                return attempt.apply(asked, record);
            } catch (LlmException error) {
                Optional<Duration> wait = plan.waitAfter(error, call.link());
                if (wait.isEmpty()) {
                    throw error;
                }
                waited = wait.get();
                announce(call, waited);
                sleep(call, waited);
            }
        }
    }

    private ChatRequest withModel(ChatRequest request) {
        return request.model().isPresent()
                ? request
                : request.toBuilder().model(defaultModel().orElse(null)).build();
    }

    private void announce(CallScope call, Duration wait) {
        LOG.log(
                Level.DEBUG,
                () -> "call " + call.callId() + ": " + name() + " is asked again in " + wait.toMillis() + " ms");
        if (call.observed()) {
            Attempt failed =
                    call.history().attempts().get(call.history().attempts().size() - 1);
            RetryScheduled event = new RetryScheduled(call.info(), failed, wait);
            call.tell(listener -> listener.retryScheduled(event));
        }
    }

    private void sleep(CallScope call, Duration wait) {
        if (!wait.isZero()) {
            try {
                engine.time().sleep(wait, call.cancellation());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                call.end(EndCause.INTERRUPT);
            }
        }
        call.throwIfEnded();
    }

    /** What is known of this provider's state. */
    public ProviderHealth health() {
        return health;
    }

    /** The block this provider was made from. */
    public ProviderSettings settings() {
        return settings;
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public String type() {
        return settings.type();
    }

    @Override
    public Optional<URI> endpoint() {
        return target.endpoint();
    }

    /** The block's default model, or else the provider's own. */
    @Override
    public Optional<String> defaultModel() {
        return settings.defaultModel().or(target::defaultModel);
    }

    @Override
    public Optional<Set<Capability>> capabilities(String model) {
        return target.capabilities(model);
    }

    @Override
    public void initialize() {
        target.initialize();
    }

    @Override
    public <T> Optional<T> as(Class<T> type) {
        if (type.isInstance(this)) {
            return Optional.of(type.cast(this));
        }
        Optional<T> side = target.as(type);
        if (type == ModelCatalog.class) {
            return side.map(found -> type.cast(timedCatalog((ModelCatalog) found)));
        }
        return type == AccountStatus.class ? side.map(found -> type.cast(timedStatus((AccountStatus) found))) : side;
    }

    private ModelCatalog timedCatalog(ModelCatalog catalog) {
        return context -> once(context, catalog::models);
    }

    private AccountStatus timedStatus(AccountStatus status) {
        return context -> once(context, status::account);
    }

    /** One attempt under the clocks of this provider, without retries. */
    private <T> T once(CallContext context, Function<CallContext, T> ask) {
        try (CallScope call = engine.newScope(context, name())) {
            call.runsOnThisThread();
            limit(call);
            AttemptRecord.Asked asked = new AttemptRecord.Asked(target, settings, call, health);
            AttemptRecord record = AttemptRecord.begin(asked, "", Duration.ZERO, false);
            try {
                T answer = ask.apply(record.scope());
                record.succeeded(Optional.empty(), Optional.empty(), Usage.none());
                return answer;
            } catch (Throwable e) {
                throw record.failed(e);
            }
        } catch (LlmException e) {
            throw e.callId().isEmpty() ? e.toBuilder().callId(context.callId()).build() : e;
        }
    }

    @Override
    public void close() {
        target.close();
    }

    @Override
    public String toString() {
        return "ResilientProvider[" + name() + "]";
    }
}
