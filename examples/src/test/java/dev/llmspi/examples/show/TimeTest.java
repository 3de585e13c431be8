package dev.llmspi.examples.show;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0 ms",
        "999, 999 ms",
        "1000, 1.00 s",
        "1049, 1.04 s",
        "9999, 9.99 s",
        "12349, 12.3 s",
        "59999, 60.0 s",
        "120000, 2 min",
        "125000, 2 min 5 s",
        "11400000, 3 h 10 min"
    })
    void of_formatsDurationShortly(long millis, String expected) {
        assertEquals(expected, Time.of(Duration.ofMillis(millis)));
    }
}
