package dev.llmspi.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The name of a contestant with the version it was built with. */
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
