package dev.llmspi.it.soak;

import java.util.concurrent.atomic.LongAdder;

/** The sums of the expected results of all calls. */
final class SoakTotals {

    private final LongAdder answered = new LongAdder();
    private final LongAdder openrouter = new LongAdder();
    private final LongAdder portkey = new LongAdder();
    private final LongAdder lost = new LongAdder();

    void add(SoakCall.Prediction call) {
        answered.add(call.end().startsWith("answer") ? 1 : 0);
        openrouter.add(call.posts("openrouter"));
        portkey.add(call.posts("portkey"));
    }

    /** Adds attempts that were sent on a dead connection, so that no server received them. */
    void addLost(int attempts) {
        lost.add(attempts);
    }

    String shown(int calls) {
        long attempts = openrouter.sum() + portkey.sum() + lost.sum();
        return "calls " + calls + ", ended " + calls + ", answered " + answered + ", attempts " + attempts + ", ended "
                + attempts + ", sent " + attempts + ", at openrouter " + openrouter + ", at portkey " + portkey;
    }
}
