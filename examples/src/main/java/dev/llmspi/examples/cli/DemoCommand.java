package dev.llmspi.examples.cli;

import dev.llmspi.examples.demo.Demo;
import dev.llmspi.examples.show.Terminal;
import java.io.IOException;
import picocli.CommandLine.Command;

/** The command {@code llm demo}. */
@Command(
        name = "demo",
        description = {
            "Plays nine scenes: what can go wrong with a call, and how the library handles it. Uses a server on this "
                    + "machine and needs no key."
        })
public final class DemoCommand extends BasicCommand {

    private final Terminal terminal;

    DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        // Log output is turned off, because the scenes already show the failures.
        LogLines.silence();
        return new Demo(terminal, ProvidersFolder.hocon()).run();
    }
}
