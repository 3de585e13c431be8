package dev.llmspi.core.runtime;

/** Detects errors of the JVM itself, which a catch block around third-party code must not swallow. */
public final class FatalErrors {

    private FatalErrors() {}

    /** Rethrows a {@linkplain #isFatal fatal} error. */
    public static void rethrow(Throwable thrown) {
        if (isFatal(thrown)) {
            throw (VirtualMachineError) thrown;
        }
    }

    /**
     * Whether this is a VirtualMachineError after which nothing can be relied on. A StackOverflowError is not, because
     * the stack is free again once it is caught, and neither is the lack of a thread, because memory is left.
     */
    public static boolean isFatal(Throwable thrown) {
        return thrown instanceof VirtualMachineError
                && !(thrown instanceof StackOverflowError)
                && !isThreadLimit(thrown);
    }

    /**
     * Whether the error says that the process cannot have another thread now. The JVM has no class of its own for it.
     */
    public static boolean isThreadLimit(Throwable thrown) {
        return thrown instanceof OutOfMemoryError
                && thrown.getMessage() != null
                && thrown.getMessage().startsWith("unable to create native thread");
    }
}
