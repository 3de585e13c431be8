package dev.llmspi.examples.cli;

import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.examples.conversation.TurnOutput;
import java.util.Optional;
import java.util.function.Consumer;

/** Prints each turn of a conversation as {@code llm chat} prints a single call. */
final class ConversationOutput implements TurnOutput {

    private final ClientCommand command;
    private final Consumer<ChatResponse> report;

    /** @param report prints everything except the text of an answer */
    ConversationOutput(ClientCommand command, Consumer<ChatResponse> report) {
        this.command = command;
        this.report = report;
    }

    @Override
    public Optional<ChatResponse> print(ChatStream stream) {
        command.restartTime();
        return new StreamPrinter(command.terminal, false).print(stream);
    }

    @Override
    public void report(ChatResponse answer) {
        report.accept(answer);
    }

    @Override
    public void report(LlmException error) {
        new Failures(command.terminal).report(error, command);
    }
}
