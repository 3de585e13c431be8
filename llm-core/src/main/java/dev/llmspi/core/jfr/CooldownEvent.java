package dev.llmspi.core.jfr;

import dev.llmspi.api.event.CooldownChanged;
import java.time.Instant;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timestamp;
import org.jspecify.annotations.Nullable;

/** The Flight Recorder event for the beginning or end of a cooldown. The JVM reads its fields. */
@Name("dev.llmspi.Cooldown")
@Label("LLM Cooldown")
@Category("LLM")
@Description("A cooldown of a provider, one of its models or one of its accounts began or ended")
@StackTrace(false)
final class CooldownEvent extends Event {

    private static final CooldownEvent ANY = new CooldownEvent();

    @Label("Provider")
    String provider = "";

    @Label("Provider Type")
    String providerType = "";

    @Label("Model")
    @Nullable
    String model;

    @Label("Account")
    @Nullable
    String account;

    @Label("Error Kind")
    String errorKind = "";

    @Label("Active")
    @Description("Whether the cooldown began. Otherwise it ended")
    boolean active;

    @Label("Until")
    @Timestamp(Timestamp.MILLISECONDS_SINCE_EPOCH)
    @Description("When the cooldown ends, or 0 if it has ended")
    long until;

    static boolean isOn() {
        return ANY.isEnabled();
    }

    static void write(CooldownChanged change) {
        CooldownEvent event = new CooldownEvent();
        event.provider = change.provider();
        event.providerType = change.providerType();
        event.model = change.model().orElse(null);
        event.account = change.account().orElse(null);
        event.errorKind = change.kind().id();
        event.active = change.until().isPresent();
        event.until = change.until().map(Instant::toEpochMilli).orElse(0L);
        event.commit();
    }
}
