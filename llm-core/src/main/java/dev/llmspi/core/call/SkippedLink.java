package dev.llmspi.core.call;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Attempt.Outcome;
import dev.llmspi.api.event.LinkSkipped;
import dev.llmspi.api.event.LlmListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** A link that was passed over without a request: its entry in the call's list, and its event. */
public final class SkippedLink {

    private static final Logger LOG = System.getLogger("dev.llmspi.call");

    private SkippedLink() {}

    /** Begins an entry; reason and message are the caller's to add. */
    public static Attempt.Builder of(CallScope call, String provider, String type, String model) {
        return Attempt.builder(provider, Outcome.SKIPPED)
                .number(call.history().nextNumber())
                .providerType(type)
                .model(model.isEmpty() ? null : model)
                .start(call.sinceStart());
    }

    /** Adds the entry to the call's list and tells the listeners. */
    public static void record(CallScope call, Attempt.Builder entry) {
        Attempt skipped = entry.build();
        call.history().record(skipped, null);
        LOG.log(Level.DEBUG, () -> "call " + call.callId() + ": " + skipped);
        call.tell(LlmListener::linkSkipped, new LinkSkipped(call.info(), skipped));
    }
}
