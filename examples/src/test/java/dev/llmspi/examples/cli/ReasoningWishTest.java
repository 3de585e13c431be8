package dev.llmspi.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.Reasoning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ReasoningWishTest {

    private final ReasoningWish wish = new ReasoningWish();

    @ParameterizedTest
    @ValueSource(strings = {"none", "minimal", "low", "medium", "high"})
    void convert_word_isAnEffort(String word) {
        assertEquals(Reasoning.effort(word), wish.convert(word));
    }

    @Test
    void convert_number_isABudgetInTokens() {
        assertEquals(Reasoning.maxTokens(2_000), wish.convert("2000"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "1.5", "higher", "99999999999"})
    void convert_anythingElse_isRefused(String text) {
        assertThrows(TypeConversionException.class, () -> wish.convert(text));
    }
}
