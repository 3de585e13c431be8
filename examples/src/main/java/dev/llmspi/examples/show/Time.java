package dev.llmspi.examples.show;

import java.time.Duration;
import java.util.Locale;

/** Formats durations for human readers. */
public final class Time {

    private Time() {}

    /**
     * Formats a duration with at most three digits per unit, such as {@code 34 ms}, {@code 1.04 s}, {@code 12.3 s},
     * {@code 2 min 5 s}, {@code 3 h}.
     */
    public static String of(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1_000) {
            return millis + " ms";
        }
        if (millis < 60_000) {
            return String.format(Locale.ROOT, millis < 10_000 ? "%.2f s" : "%.1f s", Math.floor(millis / 10.0) / 100);
        }
        long seconds = millis / 1_000;
        return seconds < 3_600
                ? pair(seconds / 60, " min", seconds % 60, " s")
                : pair(seconds / 3_600, " h", seconds % 3_600 / 60, " min");
    }

    private static String pair(long count, String unit, long rest, String restUnit) {
        return count + unit + (rest == 0 ? "" : " " + rest + restUnit);
    }
}
