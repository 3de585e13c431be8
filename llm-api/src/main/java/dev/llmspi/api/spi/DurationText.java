package dev.llmspi.api.spi;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses durations in the format that the configuration uses: a number, optionally with decimals, and a unit, such as
 * {@code 500ms}, {@code 1.5s} or {@code 2 minutes}. This class is stateless and thread-safe.
 */
public final class DurationText {

    private static final Pattern FORM = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?)\\s*([a-z]+)");
    private static final Map<String, Long> NANOS = Map.ofEntries(
            Map.entry("ns", 1L),
            Map.entry("us", 1_000L),
            Map.entry("ms", 1_000_000L),
            Map.entry("millis", 1_000_000L),
            Map.entry("milliseconds", 1_000_000L),
            Map.entry("s", 1_000_000_000L),
            Map.entry("second", 1_000_000_000L),
            Map.entry("seconds", 1_000_000_000L),
            Map.entry("m", 60_000_000_000L),
            Map.entry("min", 60_000_000_000L),
            Map.entry("minute", 60_000_000_000L),
            Map.entry("minutes", 60_000_000_000L),
            Map.entry("h", 3_600_000_000_000L),
            Map.entry("hour", 3_600_000_000_000L),
            Map.entry("hours", 3_600_000_000_000L),
            Map.entry("d", 86_400_000_000_000L),
            Map.entry("day", 86_400_000_000_000L),
            Map.entry("days", 86_400_000_000_000L));

    private DurationText() {}

    /**
     * Returns the parsed duration, or empty if the text is not a non-negative number with a known unit, or exceeds
     * {@link Long#MAX_VALUE} nanoseconds. Units are ns, us, ms, s, m, min, h, d, and English names from milliseconds to
     * days in lower case.
     */
    public static Optional<Duration> parse(String text) {
        Matcher form = FORM.matcher(text);
        Long unit = form.matches() ? NANOS.get(form.group(2)) : null;
        if (unit == null) {
            return Optional.empty();
        }
        BigDecimal nanos = new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(unit));
        return nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(nanos.longValue()));
    }
}
