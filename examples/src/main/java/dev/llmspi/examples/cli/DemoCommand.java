package dev.llmspi.examples.cli;

import dev.llmspi.examples.demo.Demo;
import dev.llmspi.examples.show.Terminal;
import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code llm demo}. */
@Command(
        name = "demo",
        description = {
            "Plays nine scenes against a server on this machine: what goes wrong, and what is done about it. "
                    + "Needs no key."
        })
public final class DemoCommand extends BasicCommand {

    private final Terminal terminal;

    DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        // The scenes are about failures, and show them; warnings in between would only say it twice.
        LogLines.silence();
        return new Demo(terminal).run();
    }
}
