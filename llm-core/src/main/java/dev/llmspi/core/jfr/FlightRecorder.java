package dev.llmspi.core.jfr;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.CallInfo;
import dev.llmspi.api.event.CooldownChanged;
import org.jspecify.annotations.Nullable;

/** Writes events into a recording of the JVM. Without one, or without the module jdk.jfr, nothing is made and nothing costs. */
public final class FlightRecorder {

    private static final boolean PRESENT = ModuleLayer.boot()
            .findModule("jdk.jfr")
            .map(FlightRecorder.class.getModule()::canRead)
            .orElse(false);

    private FlightRecorder() {}

    /** A call that is recorded. */
    public interface CallRecording {
        void ended(CallFinished result);
    }

    /** An attempt that is recorded. */
    public interface AttemptRecording {
        void ended(CallInfo call, Attempt result);
    }

    /** Whether there was ever a recording in this JVM; before, asking an event class would set the whole recorder up. */
    private static boolean isRecording() {
        return PRESENT && jdk.jfr.FlightRecorder.isInitialized();
    }

    /** A call begins; null: nobody records. */
    public static @Nullable CallRecording callBegins() {
        return isRecording() && CallEvent.isOn() ? CallEvent.begun() : null;
    }

    /** An attempt begins; null: nobody records. */
    public static @Nullable AttemptRecording attemptBegins() {
        return isRecording() && AttemptEvent.isOn() ? AttemptEvent.begun() : null;
    }

    public static void cooldownChanged(CooldownChanged change) {
        if (isRecording() && CooldownEvent.isOn()) {
            CooldownEvent.write(change);
        }
    }
}
