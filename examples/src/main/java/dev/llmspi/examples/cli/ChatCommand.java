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
import dev.llmspi.examples.conversation.ConversationLoop;
import dev.llmspi.examples.show.CallJson;
import dev.llmspi.examples.show.Terminal;
import dev.llmspi.examples.show.Time;
import dev.llmspi.examples.show.Timeline;
import dev.llmspi.examples.show.VisibleText;
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

/** The command {@code llm chat}. */
@Command(
        name = "chat",
        description = {
            "Sends a prompt to a model and prints its answer. Without a prompt on a terminal: a conversation, in which "
                    + "/help lists the commands.",
            "",
            "The answer goes to standard output. Warnings and errors go to standard error, and so does the list of "
                    + "attempts after a failure or with -v."
        })
public final class ChatCommand extends ClientCommand {

    @Mixin
    public RoutingOptions routing = new RoutingOptions();

    @Mixin
    public RequestOptions requestOptions = new RequestOptions();

    @Option(
            names = "--timeout",
            order = 40,
            paramLabel = "TIME",
            converter = Timeout.class,
            description = "Timeout for the whole call, including retries and fallback, such as 30s, 500ms or 2m. "
                    + "Default: 10m.")
    public @Nullable Duration timeout;

    @Option(
            names = "--stream",
            order = 41,
            description = "Print the answer while the model writes it. Its reasoning goes to standard error. With "
                    + "--json: one object per event, and a last line with the object of the whole call.")
    public boolean stream;

    @Parameters(
            paramLabel = "PROMPT",
            arity = "0..*",
            description = "The prompt; several words are joined with spaces. It is read from standard input if PROMPT "
                    + "is -, or if there is no PROMPT and standard input is a pipe or a file.")
    public List<String> prompt = new ArrayList<>();

    ChatCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() throws IOException {
        if (isConversation()) {
            // The prompt is only a placeholder, because the questions come later.
            ChatRequest like = requestOptions.request("-").model(routing.model).build();
            try (LlmClient client = client()) {
                ConversationLoop.run(terminal, client, options(), like, new ConversationOutput(this, this::report));
            }
            return 0;
        }
        ChatRequest request =
                requestOptions.request(prompt()).model(routing.model).build();
        try (LlmClient client = client()) {
            if (stream) {
                ChatStream answer = client.stream(request, options());
                new StreamPrinter(terminal, json).print(answer).ifPresent(this::report);
            } else {
                ChatResponse answer = client.chat(request, options());
                show(answer);
                report(answer);
            }
        }
        return 0;
    }

    /** Returns whether a person can type questions and see the prompt for them. */
    private boolean isConversation() {
        return prompt.isEmpty()
                && !json
                && terminal.isInputTyped()
                && (terminal.isOutputSeen() || terminal.isErrorSeen());
    }

    private CallOptions options() {
        CallOptions.Builder options = routing.options().cancellation(CtrlC.cancellation());
        if (timeout != null) {
            options.timeout(timeout);
        }
        return options.build();
    }

    @Override
    Map<String, @Nullable Object> errorJson(LlmException error) {
        return stream ? CallJson.streamed(error, elapsed()) : super.errorJson(error);
    }

    private String prompt() throws IOException {
        if (prompt.isEmpty() && terminal.isInputTyped()) {
            throw new IllegalArgumentException("no prompt: pass it as an argument, or - to type it (end with Ctrl-D)");
        }
        boolean read = prompt.isEmpty() || prompt.equals(List.of("-"));
        String text = read ? terminal.readInput() : String.join(" ", prompt);
        if (text.isBlank()) {
            throw new IllegalArgumentException("the prompt is empty" + (read ? ": standard input holds no text" : ""));
        }
        return text;
    }

    private void show(ChatResponse response) {
        if (!json) {
            String text = terminal.answer(response.text());
            terminal.out().print(text.isEmpty() || text.endsWith("\n") ? text : text + "\n");
            terminal.out().flush();
        }
    }

    /**
     * Prints the JSON object, or else everything except the answer text, such as warnings, tool calls and the timeline.
     */
    private void report(ChatResponse response) {
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
            err.println("  " + used(response.usage()) + first + Time.of(elapsed()) + " in total");
        }
    }

    private void showToolCalls(ChatResponse response) {
        for (ToolCall call : response.toolCalls()) {
            String text = call.name() + " " + call.arguments();
            String note = call.wellFormed() ? "" : "   (not well-formed JSON)";
            terminal.err().println("llm: the model calls the tool " + terminal.remark(text) + note);
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
            terminal.err().println("llm: warning: the answer has no text; finish reason: " + VisibleText.line(reason));
        } else if (response.finishReason() == FinishReason.LENGTH) {
            terminal.err().println("llm: warning: the answer is truncated: it reached the token limit");
        } else if (response.finishReason() == FinishReason.CONTENT_FILTER) {
            terminal.err().println("llm: warning: the answer is truncated by a content filter");
        }
    }
}
