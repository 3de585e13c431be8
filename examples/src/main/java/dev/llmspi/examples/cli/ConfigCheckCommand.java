package dev.llmspi.examples.cli;

import static dev.llmspi.examples.show.JsonLine.object;

import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.Route;
import dev.llmspi.core.RouteLink;
import dev.llmspi.examples.show.Terminal;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;

/** The command {@code llm config check}. */
@Command(
        name = "check",
        description = {
            "Checks the settings file and the environment variables. Sends no request.",
            "",
            "Reports all faults with file and line, and exits with status 2 if there is one."
        })
public final class ConfigCheckCommand extends ClientCommand {

    ConfigCheckCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        Optional<Path> file = settingsFile();
        try (LlmClient client = client()) {
            Route route = client.route(CallOptions.none());
            if (json) {
                print(object(
                        "outcome",
                        "success",
                        "file",
                        file.map(Path::toString),
                        "chain",
                        route.chain(),
                        "links",
                        route.links().stream().map(RouteCommand::json).toList()));
            } else {
                print(file.map(path -> path + ": no faults")
                        .orElse("no settings file; the environment variables have no faults"));
                print("chain " + route.chain() + ":");
                route.links().forEach(link -> print("  " + line(link)));
            }
        }
        return 0;
    }

    private static String line(RouteLink link) {
        String model = link.model().map(name -> " (" + name + ")").orElse("");
        return link.provider() + model + (link.usable() ? "" : ", skipped: " + link.reason());
    }

    private void print(String line) {
        terminal.out().println(terminal.answer(line));
    }
}
