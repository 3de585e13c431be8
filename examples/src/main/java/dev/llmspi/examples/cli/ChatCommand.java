package dev.llmspi.examples.cli;

import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.ImagePart;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.Usage;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.examples.conversation.ConversationLoop;
import dev.llmspi.examples.show.CallJson;
import dev.llmspi.examples.show.Table;
import dev.llmspi.examples.show.Terminal;
import dev.llmspi.examples.show.Time;
import dev.llmspi.examples.show.Timeline;
import dev.llmspi.examples.show.VisibleText;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

    @Mixin
    public PromptOptions prompt = new PromptOptions();

    @Option(
            names = {"-t", "--timeout"},
            order = 40,
            paramLabel = "TIME",
            converter = Timeout.class,
            description = "Timeout for the whole call, including retries and fallback, such as 30s, 500ms or 2m. "
                    + "Default: 10m.")
    public @Nullable Duration timeout;

    @Option(
            names = "--stream",
            order = 41,
            negatable = true,
            description = "Print the answer while the model writes it, and its reasoning to standard error, or wait "
                    + "for the whole answer. Default: --stream on a terminal, unless --json is given. A conversation "
                    + "always streams. "
                    + "--stream --json prints one object per event, and a last line with the object of the whole "
                    + "call.")
    public @Nullable Boolean stream;

    ChatCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        LogLines.withoutCalls();
        if (isConversation()) {
            return converse();
        }
        ChatRequest.Builder request = requestOptions.request().model(routing.model);
        List<ImagePart> images = requestOptions.images();
        request.message(RequestOptions.message(prompt.text(terminal), images));
        try (LlmClient client = client();
                ProgressLine progress = ProgressLine.on(terminal.status())) {
            if (streams()) {
                ChatStream answer = client.stream(request.build(), options(progress));
                new StreamPrinter(terminal, json).print(answer).ifPresent(this::report);
            } else {
                ChatResponse answer = client.chat(request.build(), options(progress));
                show(answer);
                report(answer);
            }
        }
        return 0;
    }

    /** Returns whether a person can type questions and see the prompt for them. */
    private boolean isConversation() {
        return prompt.isEmpty()
                && !prompt.noStdin
                && !json
                && terminal.isInputTyped()
                && (terminal.isOutputSeen() || terminal.isErrorSeen());
    }

    private int converse() {
        if (Boolean.FALSE.equals(stream)) {
            throw new IllegalArgumentException(
                    "--no-stream needs a prompt: a conversation prints each answer while the "
                            + "model writes it, so that Ctrl-C can end the answer and keep its beginning");
        }
        // The prompt is only a placeholder for the images, because the questions come later.
        ChatRequest like = requestOptions
                .request()
                .model(routing.model)
                .message(RequestOptions.message("-", requestOptions.images()))
                .build();
        try (LlmClient client = client();
                ProgressLine progress = ProgressLine.on(terminal.status())) {
            ConversationOutput output = new ConversationOutput(this, this::report);
            boolean outputUsable = ConversationLoop.run(terminal, client, options(progress), like, output);
            return outputUsable ? 0 : Failures.PROVIDER_ERROR;
        }
    }

    private CallOptions options(ProgressLine progress) {
        Cancellation cancellation = CtrlC.cancellation();
        cancellation.onCancel(terminal.status()::clear);
        CallOptions.Builder options =
                routing.options().cancellation(cancellation).listener(progress);
        if (timeout != null) {
            options.timeout(timeout);
        }
        return options.build();
    }

    private boolean streams() {
        return stream != null ? stream : terminal.isOutputSeen() && !json;
    }

    @Override
    Map<String, @Nullable Object> errorJson(LlmException error) {
        return streams() ? CallJson.streamed(error, elapsed()) : super.errorJson(error);
    }

    /** Names the files of a request that was refused, because providers do not know their names. */
    @Override
    Optional<String> hint(LlmException error) {
        return error.kind() == ErrorKind.INVALID_REQUEST ? requestOptions.files() : Optional.empty();
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
            print(streams() ? CallJson.streamed(response, elapsed()) : CallJson.answer(response, elapsed()));
        } else {
            showToolCalls(response);
            warn(response);
            AnswerNote.of(response.attempts()).ifPresent(this::note);
        }
        if (verbose) {
            PrintStream err = terminal.err();
            new Timeline(terminal.errStyle(), terminal.width())
                    .lines(response.attempts())
                    .forEach(err::println);
            String first = CallJson.firstToken(response.attempts())
                    .map(time -> "first token after " + Time.of(time) + ", ")
                    .orElse("");
            String total = used(response.usage()) + first + Time.of(elapsed()) + " in total";
            Table.wrap(total, terminal.width() - 2).forEach(line -> err.println("  " + line));
        }
    }

    private void note(String text) {
        int width = terminal.isErrorSeen() ? terminal.width() : Integer.MAX_VALUE;
        Table.wrap("llm: " + VisibleText.line(text), width).forEach(terminal.err()::println);
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
