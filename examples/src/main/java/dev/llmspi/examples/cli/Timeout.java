package dev.llmspi.examples.cli;

import dev.llmspi.api.spi.DurationText;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Converts a timeout such as {@code 30s}, {@code 500ms}, {@code 1.5m} or {@code 1h}. A number without a unit means
 * seconds.
 */
public final class Timeout implements ITypeConverter<Duration> {

    public Timeout() {}

    @Override
    public Duration convert(String text) {
        String value = text.strip();
        boolean withUnit = value.chars().anyMatch(Character::isLetter);
        Duration timeout = DurationText.parse(withUnit ? value : value + "s").orElse(Duration.ZERO);
        if (timeout.toMillis() < 1) {
            throw new TypeConversionException(
                    "'" + text + "' is not a timeout; write it like 30s, 500ms or 2m, above zero");
        }
        return timeout;
    }
}
