package dev.llmspi.examples.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts an option value to a number of tokens, which is at least 1. */
public final class TokenCountConverter implements ITypeConverter<Integer> {

    public TokenCountConverter() {}

    @Override
    public Integer convert(String text) {
        if (text.strip().matches("0*[1-9][0-9]{0,8}")) {
            return Integer.valueOf(text.strip());
        }
        throw new TypeConversionException("'" + text + "' must be a whole number of tokens, such as 500");
    }
}
