package dev.llmspi.core.call;

import java.time.Duration;

/** Lengths of time as nanoseconds that can be added to a clock without running over: the longest is about 73 years. */
public final class Nanos {

    /** Longer than any call. */
    public static final long FOREVER = Long.MAX_VALUE / 4;

    private static final Duration LONGEST = Duration.ofNanos(FOREVER);

    private Nanos() {}

    public static long of(Duration length) {
        return length.compareTo(LONGEST) > 0 ? FOREVER : length.toNanos();
    }
}
