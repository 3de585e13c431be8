package dev.llmspi.examples.cli;

import dev.llmspi.examples.demo.BrokenStreams;
import dev.llmspi.examples.show.Terminal;
import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code llm broken-streams}. */
@Command(
        name = "broken-streams",
        description = {
            "Plays streams that break, each in its own way, against a server on this machine, and shows what the caller "
                    + "got. Needs no key."
        })
public final class BrokenStreamsCommand extends BasicCommand {

    private final Terminal terminal;

    BrokenStreamsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        // What the log would warn of is what is shown.
        LogLines.silence();
        return new BrokenStreams(terminal).run();
    }
}
