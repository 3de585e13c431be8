package dev.llmspi.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class TimeoutTest {

    @Test
    void convert_numberAndUnit() {
        assertEquals(Duration.ofSeconds(30), new Timeout().convert("30s"));
        assertEquals(Duration.ofSeconds(30), new Timeout().convert("30"));
        assertEquals(Duration.ofMillis(500), new Timeout().convert("500ms"));
        assertEquals(Duration.ofSeconds(90), new Timeout().convert("1.5m"));
        assertEquals(Duration.ofHours(1), new Timeout().convert("1 h"));
        assertEquals(Duration.ofMinutes(5), new Timeout().convert("5min"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "0s", "-1s", "0.1ms", "1e9s", "99999999999s", "30 seconds ago", "NaN"})
    void convert_anythingElse_isRefusedWithTheForm(String text) {
        Exception refused = assertThrows(TypeConversionException.class, () -> new Timeout().convert(text));
        assertTrue(String.valueOf(refused.getMessage()).contains("30s"), refused.toString());
    }
}
