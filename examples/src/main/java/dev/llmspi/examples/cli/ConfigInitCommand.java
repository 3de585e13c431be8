package dev.llmspi.examples.cli;

import dev.llmspi.examples.conversation.OwnerFile;
import dev.llmspi.examples.show.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import picocli.CommandLine.Command;

/** The command {@code llm config init}. */
@Command(
        name = "init",
        description = {
            "Creates the settings file, with examples to enable.",
            "",
            "The file changes nothing until a line is enabled. An existing file is not overwritten."
        })
public final class ConfigInitCommand extends BasicCommand {

    private static final String TEMPLATE = "llm.conf";

    private final Terminal terminal;

    ConfigInitCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Path file = SettingsFile.path(terminal.environment());
        try {
            write(file);
        } catch (FileAlreadyExistsException e) {
            throw new IllegalArgumentException(file + " exists already; edit it, or move it away first");
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    file + " cannot be written (" + e.getClass().getSimpleName() + ")");
        }
        terminal.out().println(terminal.answer("created " + file));
        terminal.out().println("Enable the lines that you need, then run: llm config check");
        return 0;
    }

    private static void write(Path file) throws IOException {
        try (InputStream template =
                Objects.requireNonNull(ConfigInitCommand.class.getResourceAsStream(TEMPLATE), TEMPLATE)) {
            // The file may come to hold keys.
            OwnerFile.create(file);
            Files.write(file, template.readAllBytes());
        }
    }
}
