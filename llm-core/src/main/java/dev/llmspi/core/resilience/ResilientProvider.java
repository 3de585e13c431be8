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
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.api.event.RetryScheduled;
import dev.llmspi.core.call.CallScope;
import dev.llmspi.core.call.CallStream;
import dev.llmspi.core.call.EndCause;
import dev.llmspi.core.call.Engine;
import dev.llmspi.core.call.LinkLimits;
import dev.llmspi.core.call.Nanos;
import dev.llmspi.core.settings.ProviderSettings;
import dev.llmspi.core.settings.TimeoutSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A provider with its retries: asks it, waits and asks again as long as that helps, feeds its health, and lists every attempt
 * in the call. A decorator: it is a provider itself.
 */
public final class ResilientProvider implements LlmProvider {

    private static final Logger LOG = System.getLogger("dev.llmspi.call");

    /** How the target is asked once. */
    interface Once<T> {
        T ask(AttemptRecord.Asked asked, ChatRequest request, AttemptRecord record);
    }

    private final LlmProvider target;
    private final ProviderSettings settings;
    private final Engine engine;
    private final Admission admission;
    private final AttemptRecord.Asked asked;

    public ResilientProvider(LlmProvider target, ProviderSettings settings, Engine engine, Admission admission) {
        this.target = target;
        this.settings = settings;
        this.engine = engine;
        this.admission = admission;
        this.asked =
                new AttemptRecord.Asked(target, settings, settings.timeouts().over(engine.timeouts()), admission);
    }

    @Override
    public ChatResponse chat(ChatRequest request, CallContext context) {
        if (context instanceof CallScope call) {
            return chat(request, call, letIn(request.model().orElse(""), call));
        }
        // Called without a chain: this is the whole call, so it ends here.
        return engine.inNewScope(context, name(), call -> {
            try {
                limit(call);
                ChatRequest complete = withModel(request);
                return call.history()
                        .completed(chat(complete, call, letIn(complete.model().orElse(""), call)));
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
                        TimeoutSettings.none(),
                        List.of())));
    }

    /** Whoever names one provider has it asked whatever is known of its health. */
    private Ticket letIn(String model, CallScope call) {
        return Objects.requireNonNull(admission.enter(call, model, true));
    }

    /**
     * {@link #chat(ChatRequest, CallContext)} as a link of a chain.
     *
     * @param ticket lets the first attempt go; taken over
     */
    public ChatResponse chat(ChatRequest request, CallScope call, Ticket ticket) {
        return retried(request, call, ticket, false, ResilientProvider::answer);
    }

    private static ChatResponse answer(AttemptRecord.Asked asked, ChatRequest request, AttemptRecord record) {
        try {
            ChatResponse response = asked.target().chat(request, record.scope());
            if (response == null) {
                throw AttemptRecord.fault("returned null instead of an answer", null);
            }
            record.succeeded(response);
            return response;
        } catch (Throwable e) {
            throw record.failed(e);
        }
    }

    /** Returns once the first content is there: until then it is retried like {@link #chat}, after it never. */
    @Override
    public ChatStream stream(ChatRequest request, CallContext context) {
        if (context instanceof CallScope call) {
            return stream(request, call, letIn(request.model().orElse(""), call));
        }
        CallScope call = engine.newScope(context, name());
        limit(call);
        ChatRequest complete = withModel(request);
        return CallStream.of(
                call, () -> stream(complete, call, letIn(complete.model().orElse(""), call)), () -> {});
    }

    /**
     * {@link #stream(ChatRequest, CallContext)} as a link of a chain.
     *
     * @param ticket lets the first attempt go; taken over
     */
    public ChatStream stream(ChatRequest request, CallScope call, Ticket ticket) {
        return retried(request, call, ticket, true, StreamedAttempt::open);
    }

    private <T> T retried(ChatRequest request, CallScope call, Ticket first, boolean stream, Once<T> once) {
        Optional<String> model = request.model();
        RetryPlan plan = null;
        Ticket ticket = first;
        Duration waited = Duration.ZERO;
        while (true) {
            try {
                return once.ask(asked, request, begin(call, model, ticket, waited, stream));
            } catch (LlmException error) {
                if (plan == null) {
                    plan = new RetryPlan(settings, engine.time(), admission, model.orElse(""));
                }
                Optional<Duration> wait = plan.waitAfter(error, call.link());
                if (wait.isEmpty()) {
                    throw error;
                }
                waited = wait.get();
                announce(call, waited);
                sleep(call, waited);
                ticket = letIn(model.orElse(""), call);
            }
        }
    }

    /** From here on the ticket is the attempt's to settle. */
    private AttemptRecord begin(
            CallScope call, Optional<String> model, Ticket ticket, Duration waited, boolean stream) {
        try {
            Duration turn = admission.awaitTurn(call, model.orElse(""), ticket);
            return AttemptRecord.begin(asked, call, model, ticket, waited.plus(turn), stream);
        } catch (Throwable e) {
            ticket.close();
            throw e;
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
            call.tell(LlmListener::retryScheduled, new RetryScheduled(call.info(), failed, wait));
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

    /** What stands before its attempts. */
    public Admission admission() {
        return admission;
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
        Optional<String> own = settings.defaultModel();
        return own.isPresent() ? own : target.defaultModel();
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
            AttemptRecord record = begin(call, Optional.empty(), letIn("", call), Duration.ZERO, false);
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
