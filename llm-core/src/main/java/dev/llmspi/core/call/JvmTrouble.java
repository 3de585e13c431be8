package dev.llmspi.core.call;

/** What no guard around code of others may swallow: then the JVM is in trouble, not that code. */
public final class JvmTrouble {

    private JvmTrouble() {}

    /** Throws on any VirtualMachineError, but for an overflown stack: that is over by the time it is caught. */
    public static void rethrow(Throwable thrown) {
        if (thrown instanceof VirtualMachineError trouble && !(thrown instanceof StackOverflowError)) {
            throw trouble;
        }
    }
}
