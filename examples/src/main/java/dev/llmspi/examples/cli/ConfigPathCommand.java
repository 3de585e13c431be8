package dev.llmspi.examples.cli;

import dev.llmspi.examples.show.Terminal;
import dev.llmspi.examples.show.VisibleText;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** The command {@code llm config path}. */
@Command(name = "path", description = "Prints the path of the settings file that is read if --config is not given.")
public final class ConfigPathCommand extends BasicCommand {

    private final Terminal terminal;

    ConfigPathCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Path file = SettingsFile.path(terminal.environment());
        terminal.out().println(terminal.answer(file.toString()));
        if (!Files.exists(file)) {
            terminal.err()
                    .println("llm: " + VisibleText.line(file.toString())
                            + " does not exist; create it with: llm config init");
        }
        return 0;
    }
}
