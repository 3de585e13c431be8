package dev.llmspi.examples.conversation;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.UserMessage;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.examples.show.Terminal;
import java.util.Optional;

/**
 * A conversation on a terminal: reads questions and commands and prints answers until the user ends it. Answers go to
 * standard output, everything else to standard error.
 */
public final class ConversationLoop {

    private final LineInput input;
    private final Conversation conversation;
    private final Turn turn;
    private final Commands commands;
    private final Notes notes;
    private final Terminal terminal;
    private boolean outputUsable = true;

    private ConversationLoop(
            LlmClient client,
            CallOptions options,
            ChatRequest like,
            LineInput input,
            TurnOutput output,
            Notes notes,
            Terminal terminal) {
        this.input = input;
        this.notes = notes;
        this.terminal = terminal;
        this.conversation = Conversation.like(like);
        this.turn = new Turn(client, options, conversation, input, output, notes);
        this.commands = new Commands(client, options, conversation, notes, HistoryFile.home(terminal.environment()));
    }

    /**
     * Runs a conversation until the user ends it.
     *
     * @param options the options of each call
     * @param like a request with the parameters, the model, the system prompt and the images of the conversation
     * @return false if the conversation ended because standard output cannot be written
     */
    public static boolean run(
            Terminal terminal, LlmClient client, CallOptions options, ChatRequest like, TurnOutput output) {
        Notes notes = new Notes(terminal);
        try (LineInput input = LineInput.open(terminal, notes)) {
            return new ConversationLoop(client, options, like, input, output, notes, terminal).run();
        }
    }

    /** Runs a conversation with another input, for tests. */
    static boolean run(
            Terminal terminal,
            LlmClient client,
            CallOptions options,
            ChatRequest like,
            TurnOutput output,
            LineInput input) {
        return new ConversationLoop(client, options, like, input, output, new Notes(terminal), terminal).run();
    }

    private boolean run() {
        commands.showRoute();
        notes.say("/help lists the commands. " + LineInput.HOW_TO_END);
        boolean goesOn = true;
        while (goesOn) {
            Optional<String> line = input.read();
            goesOn = line.isPresent() && (line.get().isBlank() || handle(line.get()));
        }
        return outputUsable;
    }

    /** Returns whether the conversation goes on. */
    private boolean handle(String line) {
        Optional<SlashCommand.Typed> command = SlashCommand.in(line);
        if (command.isEmpty()) {
            return ask(conversation.question(line.stripTrailing()));
        }
        return switch (command.get().command().orElse(SlashCommand.HELP)) {
            case EXIT -> false;
            case RETRY ->
                conversation.retry().map(this::ask).orElseGet(() -> {
                    notes.say("there is no question yet.");
                    return true;
                });
            default -> {
                commands.run(command.get());
                yield true;
            }
        };
    }

    private boolean ask(UserMessage question) {
        // Ctrl-C also ends the other programs of a pipeline, such as tee.
        outputUsable = turn.ask(question) && !terminal.out().checkError();
        // The program reports every other reason when it ends.
        if (!outputUsable && terminal.lostOutput().isEmpty()) {
            notes.say("standard output is closed, so the conversation ends.");
        }
        return outputUsable;
    }
}
