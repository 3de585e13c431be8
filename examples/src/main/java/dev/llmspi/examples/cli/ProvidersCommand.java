package dev.llmspi.examples.cli;

import static dev.llmspi.examples.show.JsonLine.object;

import dev.llmspi.core.DiscoveryProblem;
import dev.llmspi.core.LlmProviderRegistry;
import dev.llmspi.core.ProviderStatus;
import dev.llmspi.examples.show.Table;
import dev.llmspi.examples.show.Terminal;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** The command {@code llm providers}. */
@Command(
        name = "providers",
        description = "Lists the providers found, their jars and whether they are usable, and the jars that failed to "
                + "load.")
public final class ProvidersCommand extends ClientCommand {

    ProvidersCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        try (LlmProviderRegistry registry = registry()) {
            if (json) {
                printJson(registry.providers(), registry.problems());
            } else {
                printTables(registry.providers(), registry.problems());
            }
        }
        return 0;
    }

    private void printJson(List<ProviderStatus> providers, List<DiscoveryProblem> problems) {
        print(object(
                "providers",
                providers.stream()
                        .map(provider -> object(
                                "name", provider.name(),
                                "type", provider.type(),
                                "jar", provider.jar(),
                                "usable", provider.usable(),
                                "reason", provider.reason().isEmpty() ? null : provider.reason()))
                        .toList(),
                "problems",
                problems.stream()
                        .map(problem -> object("jar", problem.jar(), "cause", problem.cause()))
                        .toList()));
    }

    private void printTables(List<ProviderStatus> providers, List<DiscoveryProblem> problems) {
        PrintStream out = terminal.out();
        if (providers.isEmpty()) {
            out.println("No provider found. Put a provider jar and its libraries into the folder providers/.");
        } else {
            Table table = new Table(List.of("NAME", "TYPE", "USABLE", "JAR"), Set.of());
            for (ProviderStatus provider : providers) {
                String yes = provider.reason().isEmpty() ? "yes" : "with a model";
                String usable = provider.usable() ? yes : "no";
                table.row(
                        List.of(provider.name(), provider.type(), usable, fileName(provider.jar())), provider.reason());
            }
            print(table);
        }
        if (!problems.isEmpty()) {
            out.println();
            Table table = new Table(List.of("BROKEN"), Set.of());
            problems.forEach(problem -> table.row(List.of(fileNames(problem.jar())), problem.cause()));
            print(table);
        }
    }

    /** @param jars one path, or several separated by commas if jars contradict each other */
    private static String fileNames(String jars) {
        return Stream.of(jars.split(", ")).map(ProvidersCommand::fileName).collect(Collectors.joining(", "));
    }

    private static String fileName(String jar) {
        return jar.substring(jar.replaceAll("/+$", "").lastIndexOf('/') + 1);
    }
}
