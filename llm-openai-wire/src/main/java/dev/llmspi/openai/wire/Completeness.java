package dev.llmspi.openai.wire;

/** Decides whether a streamed or non-streamed answer is complete. No other class decides this. */
final class Completeness {

    enum Verdict {
        COMPLETE,
        /** The finish reason reports that the generation failed before the answer was complete. */
        BROKEN_OFF,
        /** A tool call has no name, so it cannot be executed. */
        NAMELESS_CALL,
        /** The answer has no content. */
        EMPTY,
        /** The answer ended before it was complete. */
        TRUNCATED
    }

    /** How an answer ended. */
    enum End {
        /** The answer is a complete JSON document. */
        DOCUMENT,
        /** The server sent {@code [DONE]}. */
        DONE,
        /** The body ended, or no more data arrived. */
        BODY
    }

    private Completeness() {}

    /**
     * Decides whether an answer is complete. The first rule that applies determines the verdict.
     *
     * @param finish the finish reason
     * @param hasContent whether the answer has text, reasoning, a refusal or a tool call
     * @param callsNamed whether each tool call has a name
     * @param callsWhole whether the arguments of each tool call are absent or complete
     * @param end how the answer ended
     * @param trustsDone whether {@code [DONE]} from this server means that the answer is complete
     * @return the verdict
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
        if (finish.isPresent()) {
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
