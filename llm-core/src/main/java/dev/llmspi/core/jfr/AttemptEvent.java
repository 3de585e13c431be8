package dev.llmspi.core.jfr;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.event.CallInfo;
import java.time.Duration;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** The Flight Recorder event for one attempt. The JVM reads its fields. */
@Name("dev.llmspi.Attempt")
@Label("LLM Attempt")
@Category("LLM")
@Description("One request to one provider")
@StackTrace(false)
final class AttemptEvent extends Event implements FlightRecorder.AttemptRecording {

    private static final AttemptEvent ANY = new AttemptEvent();

    @Label("Call Id")
    String callId = "";

    @Label("Number")
    int number;

    @Label("Provider")
    String provider = "";

    @Label("Provider Type")
    String providerType = "";

    @Label("Model")
    @Nullable
    String model;

    @Label("Served Model")
    @Nullable
    String servedModel;

    @Label("Outcome")
    String outcome = "";

    @Label("Error Kind")
    @Nullable
    String errorKind;

    @Label("Reason")
    @Nullable
    String reason;

    @Label("Status")
    @Description("HTTP status, or 0 if there is none")
    int status;

    @Label("Sent")
    @Description("Whether the request was sent")
    boolean sent;

    @Label("Wait Before")
    @Timespan(Timespan.NANOSECONDS)
    long waitBefore;

    @Label("First Token")
    @Description("Time from the start of the attempt, or -1 without a stream or without content")
    @Timespan(Timespan.NANOSECONDS)
    long firstToken;

    @Label("Input Tokens")
    @Description("-1 if not reported")
    long inputTokens;

    @Label("Output Tokens")
    @Description("-1 if not reported")
    long outputTokens;

    static boolean isOn() {
        return ANY.isEnabled();
    }

    static AttemptEvent begun() {
        AttemptEvent event = new AttemptEvent();
        event.begin();
        return event;
    }

    @Override
    public void ended(CallInfo call, Attempt result) {
        end();
        if (!shouldCommit()) {
            return;
        }
        callId = call.callId();
        number = result.number();
        provider = result.provider();
        providerType = result.providerType();
        model = result.model().orElse(null);
        servedModel = result.servedModel().orElse(null);
        outcome = result.outcome().name();
        errorKind = result.kind().map(ErrorKind::id).orElse(null);
        reason = result.reason().map(ErrorReason::name).orElse(null);
        status = result.status().orElse(0);
        sent = result.sent();
        waitBefore = result.waitBefore().toNanos();
        firstToken = result.firstToken().map(Duration::toNanos).orElse(-1L);
        inputTokens = result.usage().inputTokens().orElse(-1);
        outputTokens = result.usage().outputTokens().orElse(-1);
        commit();
    }
}
