package dev.llmspi.examples.cli;

import dev.llmspi.examples.demo.BrokenStreams;
import dev.llmspi.examples.show.Terminal;
import java.io.IOException;
import picocli.CommandLine.Command;

/** The command {@code llm broken-streams}. */
@Command(
        name = "broken-streams",
        description = {
            "Plays streams that break in different ways and shows what the caller gets. Uses a server on this machine "
                    + "and needs no key."
        })
public final class BrokenStreamsCommand extends BasicCommand {

    private final Terminal terminal;

    BrokenStreamsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        // Log output is turned off, because the page already shows the failures.
        LogLines.silence();
        return new BrokenStreams(terminal, ProvidersFolder.hocon()).run();
    }
}
