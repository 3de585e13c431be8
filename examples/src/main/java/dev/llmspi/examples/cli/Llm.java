package dev.llmspi.examples.cli;

import dev.llmspi.examples.show.Style;
import dev.llmspi.examples.show.Terminal;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The main class of the program {@code llm}. */
@Command(
        name = "llm",
        description = "Calls language models through a chain of providers.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Llm.Version.class,
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "Without an API key: llm demo",
            "With an API key:    OPENROUTER_API_KEY=... llm chat --model MODEL \"Hello\"",
            "",
            "Exit status: 0 success, 1 error of a provider or of the output, 2 wrong usage or configuration, "
                    + "130 interrupted."
        })
public final class Llm implements Runnable {

    @Spec
    public @Nullable CommandSpec spec;

    public Llm() {}

    public static void main(String[] args) {
        System.exit(run(Terminal.system(), args));
    }

    /** Runs a command line and returns the exit status. */
    static int run(Terminal terminal, String... args) {
        CommandLine line = commandLine(terminal);
        int status;
        try {
            status = line.execute(Arguments.asTyped(args));
        } catch (IllegalArgumentException e) {
            status = new Failures(terminal).usage(new ParameterException(line, e.getMessage()), args);
        }
        Optional<String> lost = terminal.lostOutput();
        if (lost.isPresent()) {
            terminal.err().println("llm: cannot write to standard output: " + lost.get());
            return Math.max(status, Failures.PROVIDER_ERROR);
        }
        return status;
    }

    static CommandLine commandLine(Terminal terminal) {
        CommandLine line = new CommandLine(new Llm())
                .addSubcommand(new DemoCommand(terminal))
                .addSubcommand(new BrokenStreamsCommand(terminal))
                .addSubcommand(new ChatCommand(terminal))
                .addSubcommand(new ProvidersCommand(terminal))
                .addSubcommand(new RouteCommand(terminal))
                .addSubcommand(new ModelsCommand(terminal))
                .addSubcommand(new AccountCommand(terminal))
                .addSubcommand(ConfigCommand.commandLine(terminal))
                .addSubcommand(new CompletionCommand(terminal))
                .addSubcommand(new CommandLine.HelpCommand());
        Style style = terminal.outStyle();
        Failures failures = new Failures(terminal);
        // Picocli would read options from a file that an argument such as @notes.md names.
        return line.setExpandAtFiles(false)
                .setOut(writer(terminal.out()))
                .setErr(writer(terminal.err()))
                .setColorScheme(CommandLine.Help.defaultColorScheme(style.colour() ? Ansi.ON : Ansi.OFF))
                .setUsageHelpWidth(Math.max(55, Math.min(100, terminal.width())))
                .setParameterExceptionHandler(failures::usage)
                .setExecutionExceptionHandler(
                        (failure, command, parsed) -> failures.report(failure, command.getCommand()));
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    /** Reports a usage error. This method is only called if no command was given. */
    @Override
    public void run() {
        throw new MissingCommand(Objects.requireNonNull(spec).commandLine());
    }

    /** Thrown when no command was given. The help is printed after the error message. */
    static final class MissingCommand extends ParameterException {
        private static final long serialVersionUID = 1;

        MissingCommand(CommandLine line) {
            super(line, "no command given");
        }
    }

    /** Provides the version from the module descriptor. */
    public static final class Version implements IVersionProvider {
        public Version() {}

        @Override
        public String[] getVersion() {
            String version = Llm.class.getModule().getDescriptor().rawVersion().orElse("(unknown version)");
            return new String[] {"llm " + version + ", Java " + Runtime.version()};
        }
    }
}
