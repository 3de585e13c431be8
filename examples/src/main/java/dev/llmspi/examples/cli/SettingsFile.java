package dev.llmspi.examples.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Locates the settings file that the program reads if the option {@code --config} is missing. */
final class SettingsFile {

    private SettingsFile() {}

    /** Returns the path of the file, whether it exists or not. */
    static Path path(Map<String, String> environment) {
        String configured = environment.getOrDefault("XDG_CONFIG_HOME", "");
        String home = environment.getOrDefault("HOME", "");
        // The XDG specification says that a relative path is to be ignored.
        Path folder = Path.of(configured).isAbsolute()
                ? Path.of(configured)
                : Path.of(home.isEmpty() ? System.getProperty("user.home") : home, ".config");
        return folder.resolve("llm").resolve("llm.conf");
    }

    /** Returns the path of the file if it exists. */
    static Optional<Path> existing(Map<String, String> environment) {
        return Optional.of(path(environment)).filter(Files::exists);
    }
}
