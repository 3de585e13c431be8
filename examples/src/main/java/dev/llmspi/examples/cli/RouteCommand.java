package dev.llmspi.examples.cli;

import static dev.llmspi.examples.show.JsonLine.object;

import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.Route;
import dev.llmspi.core.RouteLink;
import dev.llmspi.examples.show.Table;
import dev.llmspi.examples.show.Terminal;
import dev.llmspi.examples.show.VisibleText;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command {@code llm route}. */
@Command(
        name = "route",
        description = "Shows the providers and models a call would use, in order, and why. Sends no request.")
public final class RouteCommand extends ClientCommand {

    @Mixin
    public RoutingOptions routing = new RoutingOptions();

    RouteCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        try (LlmClient client = client()) {
            CallOptions options = routing.options().build();
            Route route = routing.model == null ? client.route(options) : client.route(routing.model, options);
            if (json) {
                print(object(
                        "chain",
                        route.chain(),
                        "links",
                        route.links().stream().map(RouteCommand::json).toList()));
            } else {
                printTable(route);
            }
        }
        return 0;
    }

    static Object json(RouteLink link) {
        return object(
                "provider", link.provider(),
                "type", link.type(),
                "model", link.model(),
                "why", link.why(),
                "usable", link.usable(),
                "reason", link.reason().isEmpty() ? null : link.reason());
    }

    private void printTable(Route route) {
        terminal.out().println("chain: " + VisibleText.line(route.chain()));
        Table table = new Table(List.of("#", "PROVIDER", "MODEL", "MODEL FROM", "USABLE"), Set.of());
        int place = 1;
        for (RouteLink link : route.links()) {
            table.row(
                    List.of(
                            String.valueOf(place++),
                            link.provider(),
                            link.model().orElse("-"),
                            link.why(),
                            link.usable() ? "yes" : "no"),
                    link.reason());
        }
        print(table);
    }
}
