package dev.llmspi.examples.cli;

import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.examples.show.EventJson;
import dev.llmspi.examples.show.JsonLine;
import dev.llmspi.examples.show.Terminal;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Prints a stream event by event. The answer goes to standard output and the model's reasoning to standard error, so
 * that a pipe receives only the answer.
 */
final class StreamPrinter {

    private final Terminal terminal;
    private final boolean json;
    private final UnaryOperator<String> answer;
    private final UnaryOperator<String> reasoning;
    private boolean midAnswer;
    private boolean midReasoning;

    StreamPrinter(Terminal terminal, boolean json) {
        this.terminal = terminal;
        this.json = json;
        this.answer = terminal.answerParts();
        this.reasoning = terminal.remarkParts();
    }

    /**
     * Prints the whole stream and ends the last line, even if the stream fails.
     *
     * @return the answer; empty if standard output cannot be written any more, for example because its reader closed it
     */
    Optional<ChatResponse> print(ChatStream stream) {
        try (stream) {
            for (ChatStreamEvent event : stream) {
                print(event);
                // The check also flushes. Once the output cannot be written, the rest of the answer would only cost
                // money.
                if (terminal.out().checkError()) {
                    return Optional.empty();
                }
            }
            return Optional.of(stream.partial());
        } finally {
            endLines();
        }
    }

    private void print(ChatStreamEvent event) {
        if (json) {
            EventJson.of(event).ifPresent(line -> terminal.out().print(JsonLine.of(line) + "\n"));
        } else if (event instanceof ChatStreamEvent.TextDelta delta) {
            endReasoning();
            String text = answer.apply(delta.text());
            terminal.out().print(text);
            midAnswer = text.isEmpty() ? midAnswer : !text.endsWith("\n");
        } else if (event instanceof ChatStreamEvent.ReasoningDelta delta) {
            endAnswerSeen();
            String text = reasoning.apply(delta.text());
            terminal.err().print(terminal.errStyle().dim(text));
            midReasoning = text.isEmpty() ? midReasoning : !text.endsWith("\n");
        }
    }

    private void endReasoning() {
        if (midReasoning) {
            terminal.err().print("\n");
            midReasoning = false;
        }
    }

    /**
     * Makes reasoning start on a new line if both outputs go to a terminal. A file or pipe gets no extra line break.
     */
    private void endAnswerSeen() {
        if (midAnswer && terminal.isOutputSeen() && terminal.isErrorSeen()) {
            terminal.err().print("\n");
            midAnswer = false;
        }
    }

    private void endLines() {
        endReasoning();
        if (midAnswer) {
            terminal.out().print("\n");
            midAnswer = false;
        }
        terminal.out().flush();
    }
}
