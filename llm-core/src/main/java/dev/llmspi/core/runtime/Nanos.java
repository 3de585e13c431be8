package dev.llmspi.core.runtime;

import java.time.Duration;

/**
 * Converts durations to nanoseconds that can be added to a clock reading without overflow. The maximum is about 73
 * years.
 */
public final class Nanos {

    /** Longer than any call. */
    public static final long FOREVER = Long.MAX_VALUE / 4;

    private static final Duration LONGEST = Duration.ofNanos(FOREVER);

    private Nanos() {}

    public static long of(Duration length) {
        return length.compareTo(LONGEST) > 0 ? FOREVER : length.toNanos();
    }
}
