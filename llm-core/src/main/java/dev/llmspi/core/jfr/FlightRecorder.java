package dev.llmspi.core.jfr;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.CallInfo;
import dev.llmspi.api.event.CooldownChanged;
import org.jspecify.annotations.Nullable;

/**
 * Writes events to JDK Flight Recorder. If nothing is recorded or the module jdk.jfr is missing, no events are created.
 */
public final class FlightRecorder {

    private static final boolean PRESENT = ModuleLayer.boot()
            .findModule("jdk.jfr")
            .map(FlightRecorder.class.getModule()::canRead)
            .orElse(false);

    private FlightRecorder() {}

    /** The recording of one call, which starts when the call begins. */
    public interface CallRecording {
        /** Writes the event. */
        void ended(CallFinished result);
    }

    /** The recording of one attempt, which starts when the attempt begins. */
    public interface AttemptRecording {
        /** Writes the event. */
        void ended(CallInfo call, Attempt result);
    }

    /**
     * Checks whether this JVM has ever had a recording. If not, the event classes must not be used, because using them
     * would initialize the recorder.
     */
    private static boolean isRecording() {
        return PRESENT && jdk.jfr.FlightRecorder.isInitialized();
    }

    /** Starts to record a call. Returns null if calls are not recorded. */
    public static @Nullable CallRecording callBegins() {
        return isRecording() && CallEvent.isOn() ? CallEvent.begun() : null;
    }

    /** Starts to record an attempt. Returns null if attempts are not recorded. */
    public static @Nullable AttemptRecording attemptBegins() {
        return isRecording() && AttemptEvent.isOn() ? AttemptEvent.begun() : null;
    }

    /** Records that a cooldown began or ended. */
    public static void cooldownChanged(CooldownChanged change) {
        if (isRecording() && CooldownEvent.isOn()) {
            CooldownEvent.write(change);
        }
    }
}
