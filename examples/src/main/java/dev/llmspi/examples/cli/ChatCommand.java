package dev.llmspi.examples.cli;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.Usage;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.examples.show.CallJson;
import dev.llmspi.examples.show.Terminal;
import dev.llmspi.examples.show.Time;
import dev.llmspi.examples.show.Timeline;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code llm chat}. */
@Command(
        name = "chat",
        description = {
            "Sends a prompt to a model and prints its answer.",
            "",
            "The answer goes to standard output; warnings, errors and (on failure, or with -v) the attempts go to "
                    + "standard error."
        })
public final class ChatCommand extends ClientCommand {

    @Mixin
    public RoutingOptions routing = new RoutingOptions();

    @Option(names = "--system", order = 30, paramLabel = "TEXT", description = "Instructions to the model.")
    public @Nullable String system;

    @Option(
            names = "--timeout",
            order = 31,
            paramLabel = "TIME",
            converter = Timeout.class,
            description = "The limit for everything, retries and fallback included: 30s, 500ms, 2m. Default: 10m.")
    public @Nullable Duration timeout;

    @Parameters(
            paramLabel = "PROMPT",
            arity = "0..*",
            description = "What to ask; several words are joined. With -, or with no PROMPT and a pipe or a file as "
                    + "standard input, it is read from there.")
    public List<String> prompt = new ArrayList<>();

    ChatCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(LlmSettings settings) throws IOException {
        ChatRequest.Builder request = ChatRequest.builder();
        if (system != null) {
            request.system(system);
        }
        request.user(prompt()).model(routing.model);
        CallOptions.Builder options = routing.options().cancellation(CtrlC.cancellation());
        if (timeout != null) {
            options.timeout(timeout);
        }
        try (LlmClient client = client(settings)) {
            show(client.chat(request.build(), options.build()));
        }
        return 0;
    }

    private String prompt() throws IOException {
        if (prompt.isEmpty() && terminal.isInputTyped()) {
            throw new IllegalArgumentException("no prompt: give it as an argument, or - to type it (end with Ctrl-D)");
        }
        boolean read = prompt.isEmpty() || prompt.equals(List.of("-"));
        String text = read ? terminal.readInput() : String.join(" ", prompt);
        if (text.isBlank()) {
            throw new IllegalArgumentException(
                    "the prompt is empty" + (read ? ": nothing came from standard input" : ""));
        }
        return text;
    }

    private void show(ChatResponse response) {
        if (json) {
            print(CallJson.answer(response, elapsed()));
        } else {
            String text = terminal.isOutputSeen() ? harmless(response.text()) : response.text();
            terminal.out().print(text.isEmpty() || text.endsWith("\n") ? text : text + "\n");
            terminal.out().flush();
            warn(response);
        }
        if (verbose) {
            PrintStream err = terminal.err();
            new Timeline(terminal.errStyle(), terminal.width())
                    .lines(response.attempts())
                    .forEach(err::println);
            err.println("  " + used(response.usage()) + Time.of(elapsed()) + " in all");
        }
    }

    private static String used(Usage usage) {
        StringBuilder text = new StringBuilder();
        usage.inputTokens().ifPresent(count -> text.append(count).append(" tokens in, "));
        usage.outputTokens().ifPresent(count -> text.append(count).append(" tokens out, "));
        usage.spend()
                .ifPresent(spend ->
                        text.append("cost ").append(spend.toPlainString()).append(", "));
        return text.toString();
    }

    private void warn(ChatResponse response) {
        if (response.text().isEmpty()) {
            String reason =
                    response.rawFinishReason().orElse(response.finishReason().name());
            terminal.err().println("llm: warning: the answer holds no text; the model stopped with: " + reason);
        } else if (response.finishReason() == FinishReason.LENGTH) {
            terminal.err().println("llm: warning: the answer is cut: it reached the limit of tokens");
        } else if (response.finishReason() == FinishReason.CONTENT_FILTER) {
            terminal.err().println("llm: warning: a content filter cut the answer");
        }
    }

    /** An answer must not move the cursor or change the title of somebody's terminal. A pipe gets it as it is. */
    private static String harmless(String text) {
        return text.replaceAll("[\\p{Cntrl}&&[^\\n\\t]]|[\\u0080-\\u009f]", "");
    }
}
