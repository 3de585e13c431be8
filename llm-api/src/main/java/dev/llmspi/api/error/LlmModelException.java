package dev.llmspi.api.error;

import dev.llmspi.api.ErrorKind;

/**
 * Thrown when the model cannot serve the request, because the model is unknown, retired or gated, lacks a required
 * capability, or is not mapped in the configuration, or because the conversation is too long for it. The client does
 * not retry the same model, but falls back to the next provider, which may offer another model.
 */
public final class LlmModelException extends LlmException {

    private static final long serialVersionUID = 1;

    private LlmModelException(Builder<LlmModelException> builder) {
        super(ErrorKind.MODEL, builder);
    }

    public static Builder<LlmModelException> builder() {
        return new Builder<>(LlmModelException::new);
    }
}
