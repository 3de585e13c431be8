package dev.llmspi.examples.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 30s}, {@code 500ms}, {@code 1.5m}, {@code 1h}; a number alone is seconds. */
public final class Timeout implements ITypeConverter<Duration> {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?)\\s*(ms|s|m|min|h|)");
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "", 1_000L, "m", 60_000L, "min", 60_000L, "h", 3_600_000L);

    public Timeout() {}

    @Override
    public Duration convert(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (form.matches()) {
            BigDecimal millis =
                    new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(MILLIS.getOrDefault(form.group(2), 1L)));
            if (millis.compareTo(BigDecimal.ONE) >= 0) {
                return Duration.ofMillis(millis.longValue());
            }
        }
        throw new TypeConversionException("'" + text + "' is no time; write it like 30s, 500ms or 2m, above zero");
    }
}
