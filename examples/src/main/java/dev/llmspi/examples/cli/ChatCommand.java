package dev.llmspi.examples.cli;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.Usage;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.examples.show.CallJson;
import dev.llmspi.examples.show.Terminal;
import dev.llmspi.examples.show.Time;
import dev.llmspi.examples.show.Timeline;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    @Mixin
    public RequestOptions wish = new RequestOptions();

    @Option(
            names = "--timeout",
            order = 40,
            paramLabel = "TIME",
            converter = Timeout.class,
            description = "The limit for everything, retries and fallback included: 30s, 500ms, 2m. Default: 10m.")
    public @Nullable Duration timeout;

    @Option(
            names = "--stream",
            order = 41,
            description = "Print the answer as it is written; the model's reasoning goes to standard error. With "
                    + "--json: one object for each event, and on the last line the one of the whole call.")
    public boolean stream;

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
    int run() throws IOException {
        ChatRequest request = wish.request(prompt()).model(routing.model).build();
        CallOptions.Builder options = routing.options().cancellation(CtrlC.cancellation());
        if (timeout != null) {
            options.timeout(timeout);
        }
        try (LlmClient client = client()) {
            if (stream) {
                ChatStream answer = client.stream(request, options.build());
                new StreamPrinter(terminal, json).print(answer).ifPresent(this::tell);
            } else {
                ChatResponse answer = client.chat(request, options.build());
                show(answer);
                tell(answer);
            }
        }
        return 0;
    }

    @Override
    Map<String, @Nullable Object> errorJson(LlmException error) {
        return stream ? CallJson.streamed(error, elapsed()) : super.errorJson(error);
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
        if (!json) {
            String text = terminal.isOutputSeen() ? Terminal.harmless(response.text()) : response.text();
            terminal.out().print(text.isEmpty() || text.endsWith("\n") ? text : text + "\n");
            terminal.out().flush();
        }
    }

    /** What there is to say once the answer is there. */
    private void tell(ChatResponse response) {
        if (json) {
            print(stream ? CallJson.streamed(response, elapsed()) : CallJson.answer(response, elapsed()));
        } else {
            showToolCalls(response);
            warn(response);
        }
        if (verbose) {
            PrintStream err = terminal.err();
            new Timeline(terminal.errStyle(), terminal.width())
                    .lines(response.attempts())
                    .forEach(err::println);
            String first = CallJson.firstToken(response.attempts())
                    .map(time -> "first token after " + Time.of(time) + ", ")
                    .orElse("");
            err.println("  " + used(response.usage()) + first + Time.of(elapsed()) + " in all");
        }
    }

    private void showToolCalls(ChatResponse response) {
        for (ToolCall call : response.toolCalls()) {
            String text = call.name() + " " + call.arguments();
            String note = call.wellFormed() ? "" : "   (not well-formed JSON)";
            terminal.err()
                    .println("llm: the model asks for the tool "
                            + (terminal.isErrorSeen() ? Terminal.harmless(text) : text)
                            + note);
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
        if (response.text().isEmpty() && response.toolCalls().isEmpty()) {
            String reason =
                    response.rawFinishReason().orElse(response.finishReason().name());
            terminal.err().println("llm: warning: the answer holds no text; the model stopped with: " + reason);
        } else if (response.finishReason() == FinishReason.LENGTH) {
            terminal.err().println("llm: warning: the answer is cut: it reached the limit of tokens");
        } else if (response.finishReason() == FinishReason.CONTENT_FILTER) {
            terminal.err().println("llm: warning: a content filter cut the answer");
        }
    }
}
