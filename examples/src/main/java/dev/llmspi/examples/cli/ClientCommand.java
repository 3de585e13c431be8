package dev.llmspi.examples.cli;

import static dev.llmspi.examples.show.JsonLine.object;

import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.LlmClientBuilder;
import dev.llmspi.core.LlmProviderRegistry;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.examples.cli.ProviderQuery.Reply;
import dev.llmspi.examples.show.CallJson;
import dev.llmspi.examples.show.JsonLine;
import dev.llmspi.examples.show.KindName;
import dev.llmspi.examples.show.Table;
import dev.llmspi.examples.show.Terminal;
import dev.llmspi.examples.show.VisibleText;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The base class of commands that use the library. It reads the settings and prints the result. */
public abstract class ClientCommand extends BasicCommand {

    @Option(
            names = {"-c", "--config"},
            order = 80,
            paramLabel = "FILE",
            description = "HOCON file with the settings. Default: ~/.config/llm/llm.conf, if it exists. Environment "
                    + "variables such as OPENROUTER_API_KEY are read too.")
    public @Nullable Path config;

    @Option(names = "--json", order = 90, description = "Print one JSON object on one line.")
    public boolean json;

    @Option(
            names = {"-v", "--verbose"},
            order = 95,
            description = "Print details to standard error.")
    public boolean verbose;

    final Terminal terminal;
    private long start = System.nanoTime();

    ClientCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public final Integer call() throws Exception {
        LogLines.install(terminal.err(), verbose);
        return run();
    }

    /** Runs the command and returns its exit status. */
    abstract int run() throws Exception;

    /** Builds the client directly from the sources, so that one error reports all faults in settings and providers. */
    LlmClient client() {
        LlmClientBuilder client = LlmClient.builder().environment(terminal.environment());
        settingsFile().ifPresent(client::config);
        return client.text(ProvidersFolder.hocon(), ProvidersFolder.ORIGIN).build();
    }

    /** Creates the registry without a client, because a client does not start without a usable provider. */
    LlmProviderRegistry registry() {
        LlmSettings.Builder settings = LlmSettings.builder().environment(terminal.environment());
        settingsFile().ifPresent(settings::config);
        return LlmProviderRegistry.create(settings.text(ProvidersFolder.hocon(), ProvidersFolder.ORIGIN));
    }

    /** Returns the file that {@code --config} names, or else the default file if it exists. */
    Optional<Path> settingsFile() {
        return config != null ? Optional.of(config) : SettingsFile.existing(terminal.environment());
    }

    /** Returns the object that {@code --json} prints for a provider's error. */
    Map<String, @Nullable Object> errorJson(LlmException error) {
        return CallJson.error(error, elapsed());
    }

    /** Returns a line that helps the user to understand the error of a provider. */
    Optional<String> hint(LlmException error) {
        return Optional.empty();
    }

    /** Starts the time of {@link #elapsed} again, because each question of a conversation is a call of its own. */
    void restartTime() {
        start = System.nanoTime();
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    void print(Map<String, @Nullable Object> object) {
        // println is not used, so that scripts get the same line ending on every platform.
        terminal.out().print(JsonLine.of(object) + "\n");
    }

    /** Returns the errors from providers that failed while others answered. */
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
                terminal.err()
                        .println("llm: warning: "
                                + VisibleText.of(String.valueOf(reply.error().getMessage())));
            }
        }
    }

    void print(Table table) {
        PrintStream out = terminal.out();
        table.lines(terminal.outStyle(), terminal.tableWidth()).forEach(out::println);
    }
}
