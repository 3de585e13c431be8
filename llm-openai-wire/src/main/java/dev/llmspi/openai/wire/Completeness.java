package dev.llmspi.openai.wire;

/**
 * Decides whether an answer is complete, for streams and for whole answers. No other place decides it. The first rule
 * that applies counts.
 */
final class Completeness {

    enum Verdict {
        COMPLETE,
        /** The server says that the generation was broken off. */
        BROKEN_OFF,
        /** A tool call has no name, so that it cannot be made. */
        NAMELESS_CALL,
        /** The answer holds nothing. */
        EMPTY,
        /** The answer ended in the middle. */
        TRUNCATED
    }

    /** How an answer ended. */
    enum End {
        /** It is a whole JSON document. */
        DOCUMENT,
        /** The server sent {@code [DONE]}. */
        DONE,
        /** The body ended, or nothing more came. */
        BODY
    }

    private Completeness() {}

    /**
     * @param finish the server's reason, if it gave one
     * @param hasContent whether the answer holds text, reasoning, a refusal or a tool call
     * @param callsNamed whether each tool call has a name
     * @param callsWhole whether the arguments of each tool call are absent or whole
     * @param trustsDone whether {@code [DONE]} proves anything at this server
     */
    static Verdict of(
            WireFinishReason finish,
            boolean hasContent,
            boolean callsNamed,
            boolean callsWhole,
            End end,
            boolean trustsDone) {
        if (finish.isBrokenOff()) {
            return Verdict.BROKEN_OFF;
        }
        if (finish.isSaid()) {
            return callsNamed ? Verdict.COMPLETE : Verdict.NAMELESS_CALL;
        }
        if (!hasContent) {
            return Verdict.EMPTY;
        }
        if (end == End.DOCUMENT) {
            return callsNamed ? Verdict.COMPLETE : Verdict.NAMELESS_CALL;
        }
        if (end == End.DONE && trustsDone && callsNamed && callsWhole) {
            return Verdict.COMPLETE;
        }
        return Verdict.TRUNCATED;
    }
}
