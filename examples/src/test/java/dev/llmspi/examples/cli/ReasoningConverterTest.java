package dev.llmspi.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.Reasoning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ReasoningConverterTest {

    private final ReasoningConverter converter = new ReasoningConverter();

    @ParameterizedTest
    @ValueSource(strings = {"none", "minimal", "low", "medium", "high"})
    void convert_word_returnsEffort(String word) {
        assertEquals(Reasoning.effort(word), converter.convert(word));
    }

    @Test
    void convert_number_returnsTokenBudget() {
        assertEquals(Reasoning.maxTokens(2_000), converter.convert("2000"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "1.5", "higher", "99999999999"})
    void convert_anythingElse_isRejected(String text) {
        assertThrows(TypeConversionException.class, () -> converter.convert(text));
    }
}
