package dev.llmspi.examples.cli;

import dev.llmspi.api.Reasoning;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Converts an option value to a reasoning setting. The value is an effort such as {@code low} or {@code high}, or a
 * number of tokens.
 */
public final class ReasoningConverter implements ITypeConverter<Reasoning> {

    private static final List<String> WORDS = List.of("none", "minimal", "low", "medium", "high");

    public ReasoningConverter() {}

    @Override
    public Reasoning convert(String text) {
        String word = text.strip().toLowerCase(Locale.ROOT);
        if (WORDS.contains(word)) {
            return Reasoning.effort(word);
        }
        if (word.matches("[1-9][0-9]{0,8}")) {
            return Reasoning.maxTokens(Integer.parseInt(word));
        }
        throw new TypeConversionException(
                "'" + text + "' must be one of " + String.join(", ", WORDS) + " or a number of tokens");
    }
}
