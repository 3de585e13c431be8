package dev.llmspi.examples.cli;

import dev.llmspi.api.Cancellation;

/**
 * Cancels the call when the process is asked to terminate, so that the provider stops generating an answer that will
 * not be read. The JVM itself sets the exit status: 130 after SIGINT, 143 after SIGTERM.
 */
final class CtrlC {

    private CtrlC() {}

    /** Returns a cancellation that is triggered when the JVM shuts down. */
    static Cancellation cancellation() {
        Cancellation cancellation = Cancellation.create();
        Runtime.getRuntime().addShutdownHook(new Thread(cancellation::cancel, "llm-ctrl-c"));
        return cancellation;
    }
}
