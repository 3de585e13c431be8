package dev.llmspi.examples.cli;

import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.examples.show.EventJson;
import dev.llmspi.examples.show.JsonLine;
import dev.llmspi.examples.show.Terminal;
import java.util.Optional;

/**
 * Prints a stream as it comes. The answer goes to standard output and nothing else does; the model's reasoning goes to
 * standard error, so that a pipe gets the answer alone.
 */
final class StreamPrinter {

    private final Terminal terminal;
    private final boolean json;
    private boolean midAnswer;
    private boolean midReasoning;

    StreamPrinter(Terminal terminal, boolean json) {
        this.terminal = terminal;
        this.json = json;
    }

    /**
     * Prints to the end of the stream, be it good or bad: whatever is printed next begins a line.
     *
     * @return the answer; empty if its reader went away in the middle, and there is nobody to tell more
     */
    Optional<ChatResponse> print(ChatStream stream) {
        try (stream) {
            for (ChatStreamEvent event : stream) {
                print(event);
                // Flushes, too. Once the reader has gone, an answer written on would be paid for and dropped.
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
            String text = terminal.isOutputSeen() ? Terminal.harmless(delta.text()) : delta.text();
            terminal.out().print(text);
            midAnswer = text.isEmpty() ? midAnswer : !text.endsWith("\n");
        } else if (event instanceof ChatStreamEvent.ReasoningDelta delta) {
            endAnswerSeen();
            String text = terminal.isErrorSeen() ? Terminal.harmless(delta.text()) : delta.text();
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

    /** On one screen reasoning behind text begins a line; in a file or a pipe the answer gets no line end of ours. */
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
