package dev.llmspi.api.error;

import dev.llmspi.api.ErrorKind;

/**
 * This model cannot do it: unknown, gone, gated, without the capability asked for, not mapped in the configuration, or the
 * conversation is too long for it. The same model is not asked again; the next provider may have another.
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
