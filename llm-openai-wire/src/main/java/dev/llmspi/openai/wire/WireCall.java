package dev.llmspi.openai.wire;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.Message;
import dev.llmspi.api.error.LlmException;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One call to a provider. It contains the facts that error messages state, and the parts of the request that affect how
 * the answer is read.
 *
 * @param provider the name of the provider instance
 * @param model the model name that is sent; null if the request names none
 * @param context the context of the call
 * @param messages the conversation, which must not appear in errors
 * @param request the whole request; null if the call sends none
 * @param tools the names of the request's tools
 * @param requested the model that was requested, before the dialect changed its name
 */
record WireCall(
        String provider,
        @Nullable String model,
        CallContext context,
        List<Message> messages,
        @Nullable ChatRequest request,
        Set<String> tools,
        @Nullable String requested) {

    /** Creates a call without tools that sends the model's name unchanged. */
    WireCall(String provider, @Nullable String model, CallContext context, List<Message> messages) {
        this(provider, model, context, messages, null, Set.of(), model);
    }

    /** Returns an error builder that already contains the call ID, the provider and the model. */
    LlmException.Builder<? extends LlmException> error(ErrorKind kind, @Nullable ErrorReason reason) {
        return LlmException.builder(kind)
                .reason(reason)
                .callId(context.callId())
                .provider(provider)
                .model(model);
    }

    /** Returns the error for a problem that was found before anything was sent. */
    LlmException unsent(ErrorKind kind, @Nullable ErrorReason reason, String what) {
        return error(kind, reason).requestSent(false).message(says(what)).build();
    }

    /**
     * Returns the error for an invalid request that was found before anything was sent. The request violates a rule of
     * this configuration block or dialect, so another provider may accept it.
     */
    LlmException unsentHere(@Nullable ErrorReason reason, String what) {
        return error(ErrorKind.INVALID_REQUEST, reason)
                .requestSent(false)
                .tryNext(true)
                .message(says(what))
                .build();
    }

    /**
     * Runs code that precedes sending and calls the dialect, credentials or objects from the caller. Any exception that
     * they throw becomes an error that states that nothing was sent, so that the next provider can be tried.
     */
    <T> T beforeSending(Supplier<T> work) {
        try {
            return work.get();
        } catch (LlmException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            throw error(ErrorKind.SERVICE, ErrorReason.PROVIDER_FAULT)
                    .requestSent(false)
                    .retryHere(false)
                    .cause(e)
                    .message(says("the code of this provider failed before it sent anything ("
                            + e.getClass().getSimpleName() + "); report this to its author"))
                    .build();
        }
    }

    String says(String what) {
        return "provider \"" + provider + "\": " + what;
    }
}
