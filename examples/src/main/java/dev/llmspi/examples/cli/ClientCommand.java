package dev.llmspi.examples.cli;

import static dev.llmspi.examples.show.JsonLine.object;

import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.LlmClientBuilder;
import dev.llmspi.core.LlmProviderRegistry;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.examples.cli.ProviderQuestion.Reply;
import dev.llmspi.examples.show.CallJson;
import dev.llmspi.examples.show.JsonLine;
import dev.llmspi.examples.show.KindName;
import dev.llmspi.examples.show.Table;
import dev.llmspi.examples.show.Terminal;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the commands that use the library have: where the settings come from, and how the result is written. */
public abstract class ClientCommand extends BasicCommand {

    @Option(
            names = "--config",
            order = 80,
            paramLabel = "FILE",
            description = "Settings in HOCON. Default: the environment alone, such as OPENROUTER_API_KEY.")
    public @Nullable Path config;

    @Option(names = "--json", order = 90, description = "Write one JSON object on one line.")
    public boolean json;

    @Option(
            names = {"-v", "--verbose"},
            order = 95,
            description = "Tell more on standard error.")
    public boolean verbose;

    private static final String LAUNCHER = "the launcher";

    final Terminal terminal;
    private final long start = System.nanoTime();

    ClientCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public final Integer call() throws Exception {
        LogLines.install(terminal.err(), verbose);
        return run();
    }

    /** Does the work and gives the exit status. */
    abstract int run() throws Exception;

    /** A client from the sources themselves: all that is wrong with settings and providers comes in one error. */
    LlmClient client() {
        LlmClientBuilder client = LlmClient.builder().environment(terminal.environment());
        pluginsOfTheLauncher().ifPresent(hocon -> client.text(hocon, LAUNCHER));
        if (config != null) {
            client.config(config);
        }
        return client.build();
    }

    /** The providers alone: a client would refuse to start where none can be used. */
    LlmProviderRegistry registry() {
        LlmSettings.Builder settings = LlmSettings.builder().environment(terminal.environment());
        pluginsOfTheLauncher().ifPresent(hocon -> settings.text(hocon, LAUNCHER));
        if (config != null) {
            settings.config(config);
        }
        return LlmProviderRegistry.create(settings.build());
    }

    /** The plug-in folder the launcher has found; settings of the user's own win over it. */
    private static Optional<String> pluginsOfTheLauncher() {
        return Optional.ofNullable(System.getProperty("llm.plugins"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> "llm.plugins.dir = " + JsonLine.of(folder));
    }

    /** The object {@code --json} writes for an error of a provider. */
    Map<String, @Nullable Object> errorJson(LlmException error) {
        return CallJson.error(error, elapsed());
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    void print(Map<String, @Nullable Object> object) {
        // Never println: one line end whatever the platform.
        terminal.out().print(JsonLine.of(object) + "\n");
    }

    /** What some providers failed with, while others answered. */
    static List<Map<String, @Nullable Object>> problems(List<? extends Reply<?>> replies) {
        return replies.stream()
                .filter(reply -> reply.error() != null)
                .map(reply -> object(
                        "provider", reply.provider(),
                        "kind", KindName.of(reply.error().kind()),
                        "message", reply.error().getMessage()))
                .toList();
    }

    void warn(List<? extends Reply<?>> replies) {
        for (Reply<?> reply : replies) {
            if (reply.error() != null) {
                terminal.err().println("llm: warning: " + reply.error().getMessage());
            }
        }
    }

    void print(Table table) {
        PrintStream out = terminal.out();
        table.lines(terminal.outStyle(), terminal.tableWidth()).forEach(out::println);
    }
}
