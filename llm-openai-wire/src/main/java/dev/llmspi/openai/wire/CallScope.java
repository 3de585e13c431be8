package dev.llmspi.openai.wire;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.Message;
import dev.llmspi.api.error.LlmException;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One call as the wire sees it: the context that its errors carry, and what reading the answer needs of the request.
 *
 * @param provider the provider instance
 * @param model the model that is asked, as it is sent; null where none is
 * @param context the call
 * @param messages the conversation, so that no error shows it
 * @param tools the names of the request's tools
 * @param requested the model as it was asked for, before the dialect changed its name
 * @param several whether the request asks for more than one answer
 */
record CallScope(
        String provider,
        @Nullable String model,
        CallContext context,
        List<Message> messages,
        Set<String> tools,
        @Nullable String requested,
        boolean several) {

    /** A call that offers no tools, asks for one answer, and sends the model's name as it is. */
    CallScope(String provider, @Nullable String model, CallContext context, List<Message> messages) {
        this(provider, model, context, messages, Set.of(), model, false);
    }

    /** A builder that knows call, provider and model. */
    LlmException.Builder<? extends LlmException> error(ErrorKind kind, @Nullable ErrorReason reason) {
        return LlmException.builder(kind)
                .reason(reason)
                .callId(context.callId())
                .provider(provider)
                .model(model);
    }

    /** An error found before anything was sent. */
    LlmException unsent(ErrorKind kind, @Nullable ErrorReason reason, String what) {
        return error(kind, reason).requestSent(false).message(says(what)).build();
    }

    /**
     * Does what comes before anything is sent. Code of dialects, credentials and callers runs there; whatever it
     * throws, the error must say that nothing was sent, so that the next provider may be asked.
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
                    .message(says("its code failed before anything was sent ("
                            + e.getClass().getSimpleName() + "); report it to who wrote it"))
                    .build();
        }
    }

    String says(String what) {
        return "provider \"" + provider + "\": " + what;
    }
}
