package dev.llmspi.core.jfr;

import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.CallFinished;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * The Flight Recorder event for one call. The JVM reads its fields, which never contain the text of prompts or answers.
 */
@Name("dev.llmspi.Call")
@Label("LLM Call")
@Category("LLM")
@Description("A call with all its attempts, from its start until it is answered, fails or is cancelled")
@StackTrace(false)
final class CallEvent extends Event implements FlightRecorder.CallRecording {

    private static final CallEvent ANY = new CallEvent();

    @Label("Call Id")
    String callId = "";

    @Label("Request Id")
    @Nullable
    String requestId;

    @Label("Chain")
    String chain = "";

    @Label("Agent")
    @Nullable
    String agent;

    @Label("Requested Model")
    @Nullable
    String requestedModel;

    @Label("Outcome")
    String outcome = "";

    @Label("Error Kind")
    @Nullable
    String errorKind;

    @Label("Provider")
    @Nullable
    String provider;

    @Label("Served Model")
    @Nullable
    String servedModel;

    @Label("Attempts")
    @Description("Number of attempts, including skipped links")
    int attempts;

    @Label("Input Tokens")
    @Description("-1 if not reported")
    long inputTokens;

    @Label("Output Tokens")
    @Description("-1 if not reported")
    long outputTokens;

    static boolean isOn() {
        return ANY.isEnabled();
    }

    static CallEvent begun() {
        CallEvent event = new CallEvent();
        event.begin();
        return event;
    }

    @Override
    public void ended(CallFinished result) {
        end();
        if (!shouldCommit()) {
            return;
        }
        callId = result.call().callId();
        requestId = result.call().requestId().orElse(null);
        chain = result.call().chain();
        agent = result.call().agent().orElse(null);
        requestedModel = result.call().requestedModel().orElse(null);
        outcome = result.outcome().name();
        errorKind = result.error()
                .filter(LlmException.class::isInstance)
                .map(error -> ((LlmException) error).kind().id())
                .orElse(null);
        provider = result.provider().orElse(null);
        servedModel = result.servedModel().orElse(null);
        attempts = result.attempts().size();
        inputTokens = result.usage().inputTokens().orElse(-1);
        outputTokens = result.usage().outputTokens().orElse(-1);
        commit();
    }
}
