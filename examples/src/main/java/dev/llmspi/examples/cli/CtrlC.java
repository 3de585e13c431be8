package dev.llmspi.examples.cli;

import dev.llmspi.api.Cancellation;

/**
 * Cancels a call when the program is told to end. The virtual machine turns SIGINT into exit status 130 and SIGTERM into 143 by
 * itself; all that is left to do is to let go of the call, so that the provider need not finish an answer nobody reads.
 */
final class CtrlC {

    private CtrlC() {}

    /** A switch that fires when the program ends, one way or the other. */
    static Cancellation cancellation() {
        Cancellation cancellation = Cancellation.create();
        Runtime.getRuntime().addShutdownHook(new Thread(cancellation::cancel, "llm-ctrl-c"));
        return cancellation;
    }
}
