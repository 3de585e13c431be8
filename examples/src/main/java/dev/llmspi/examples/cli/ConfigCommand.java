package dev.llmspi.examples.cli;

import dev.llmspi.examples.show.Terminal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code llm config}. */
@Command(
        name = "config",
        description = "Creates, checks or locates the settings file.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n")
public final class ConfigCommand extends BasicCommand {

    @Spec
    public @Nullable CommandSpec spec;

    ConfigCommand() {}

    static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new ConfigCommand())
                .addSubcommand(new ConfigInitCommand(terminal))
                .addSubcommand(new ConfigCheckCommand(terminal))
                .addSubcommand(new ConfigPathCommand(terminal));
    }

    /** Reports a usage error. This method is only called if no command was given. */
    @Override
    public Integer call() {
        throw new Llm.MissingCommand(Objects.requireNonNull(spec).commandLine());
    }
}
