package dev.llmspi.core.call;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Tells of a provider that goes on with an attempt that has been ended: nobody else can use the thread until it returns. */
final class StuckThread {

    /** How long a provider may take to notice the end; see {@code LlmProvider.chat}. */
    static final long NOTICE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final Logger LOG = System.getLogger("dev.llmspi.call");
    /** Where threads wait, but never whose fault it is. */
    private static final List<String> JDK = List.of("java.", "jdk.", "sun.");

    private StuckThread() {}

    static void report(String callId, String provider, EndCause cause, Thread thread) {
        String where = Stream.of(thread.getStackTrace())
                .filter(frame -> JDK.stream().noneMatch(frame.getClassName()::startsWith))
                .findFirst()
                .map(frame -> " at " + frame)
                .orElse("");
        LOG.log(
                Level.WARNING,
                "call " + callId + ": the attempt at " + provider + " was ended (" + cause
                        + "), but the provider goes on; it holds " + thread + where);
    }
}
