package dev.llmspi.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Reads the name of a contestant, which includes the version of its library. */
final class Names {

    private Names() {}

    static String of(Class<?> contestant) {
        try (InputStream file = contestant.getResourceAsStream("/contestant.properties")) {
            Properties properties = new Properties();
            properties.load(file);
            return properties.getProperty("name");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
