package dev.llmspi.core.chain;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.api.event.CallInfo;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.core.call.CallScope;
import dev.llmspi.core.call.Engine;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A call with the plan that was made for it when it was submitted. */
public final class ChainCall extends CallScope {

    private final Plan plan;

    /**
     * Begins the call on the submitting thread; its clock runs from here.
     *
     * @param callers the caller's switch; null: none
     * @param own the caller's listener for this call; null: none
     */
    public ChainCall(
            Engine engine,
            CallInfo info,
            Map<String, String> headers,
            @Nullable Cancellation callers,
            @Nullable LlmListener own,
            Plan plan) {
        super(engine, info, headers, plan.timeouts(), callers, own);
        this.plan = plan;
    }

    Plan plan() {
        return plan;
    }

    /**
     * Runs the call on this thread, tells the listeners how it ended, and stops watching it.
     *
     * @param entry the chain, with the decorators around it
     * @param over runs at the very end, whatever happens
     */
    public ChatResponse run(LlmProvider entry, ChatRequest request, Runnable over) {
        try (this) {
            runsOnThisThread();
            throwIfEnded();
            ChatResponse response = complete(entry.chat(request, this));
            finished(response, null);
            return response;
        } catch (LlmException e) {
            LlmException complete = isComplete(e.callId(), e.attempts())
                    ? e
                    : history().failed(e); // an early end made it, or a decorator
            finished(null, complete);
            throw complete;
        } catch (Throwable e) {
            finished(null, e);
            throw e;
        } finally {
            over.run();
        }
    }

    /** The answer with the call's id and attempts, also if a decorator made it by itself, or asked a provider by its name. */
    private ChatResponse complete(@Nullable ChatResponse response) {
        if (response == null) {
            throw LlmServiceException.builder()
                    .message("a decorator of calls returned null instead of an answer")
                    .reason(ErrorReason.PROVIDER_FAULT)
                    .requestSent(false)
                    .build();
        }
        return isComplete(response.callId(), response.attempts())
                ? response
                : history().completed(response);
    }

    /** A provider knows the call's id, and only the chain its attempts. */
    private static boolean isComplete(String callId, List<Attempt> attempts) {
        return !callId.isEmpty() && !attempts.isEmpty();
    }
}
