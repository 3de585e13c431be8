package dev.llmspi.examples.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts an option value to a temperature, which is a number from 0 to 2. */
public final class TemperatureConverter implements ITypeConverter<Double> {

    public TemperatureConverter() {}

    @Override
    public Double convert(String text) {
        if (text.strip().matches("\\d{1,9}(\\.\\d{1,9})?|\\.\\d{1,9}")) {
            double temperature = Double.parseDouble(text.strip());
            if (temperature <= 2) {
                return temperature;
            }
        }
        throw new TypeConversionException("'" + text + "' must be a number from 0 to 2, such as 0.7");
    }
}
