package dev.llmspi.examples.cli;

import dev.llmspi.examples.show.Terminal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code llm completion}. */
@Command(
        name = "completion",
        description = {
            "Prints a script that completes commands and options in a shell.",
            "",
            "bash: add this line to ~/.bashrc:   source <(llm completion bash)",
            "zsh:  add this line to ~/.zshrc:    source <(llm completion zsh)"
        })
public final class CompletionCommand extends BasicCommand {

    /** The shells for which there is a script. */
    public enum Shell {
        bash,
        zsh
    }

    @Spec
    public @Nullable CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "One of: ${COMPLETION-CANDIDATES}.")
    public Shell shell = Shell.bash;

    private final Terminal terminal;

    CompletionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        // One script serves both shells, because it turns on zsh's support for scripts of bash.
        terminal.out()
                .print(AutoComplete.bash(
                        "llm", Objects.requireNonNull(spec).root().commandLine()));
        return 0;
    }
}
