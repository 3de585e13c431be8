package dev.llmspi.examples.conversation;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.UserMessage;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Asks a question and adds it to the conversation with its answer. If the answer ends early, the conversation keeps the
 * part that the user has seen. If there is no such part, the conversation does not contain the question, or keeps the
 * earlier answer if the question is a retry.
 */
final class Turn {

    private final LlmClient client;
    private final CallOptions options;
    private final Conversation conversation;
    private final LineInput input;
    private final TurnOutput output;
    private final Notes notes;

    /** @param options the options of each call. Their cancellation ends the answer when the process ends. */
    Turn(
            LlmClient client,
            CallOptions options,
            Conversation conversation,
            LineInput input,
            TurnOutput output,
            Notes notes) {
        this.client = client;
        this.options = options;
        this.conversation = conversation;
        this.input = input;
        this.output = output;
        this.notes = notes;
    }

    /**
     * Asks a question and prints the answer.
     *
     * @return false if the reader of standard output has closed it, so the conversation must end
     */
    boolean ask(UserMessage question) {
        Cancellation stop = Cancellation.create();
        input.onCtrlC(stop::cancel);
        Optional<Cancellation.Registration> atExit = options.cancellation().map(exit -> exit.onCancel(stop::cancel));
        try {
            return print(question, client.stream(conversation.request(question), callOptions(stop)));
        } finally {
            input.onCtrlC(() -> {});
            atExit.ifPresent(Cancellation.Registration::close);
        }
    }

    private boolean print(UserMessage question, ChatStream stream) {
        try {
            Optional<ChatResponse> answer = output.print(stream);
            if (answer.isEmpty()) {
                return false;
            }
            output.report(answer.get());
            keepComplete(question, answer.get());
        } catch (CancellationException e) {
            ChatResponse partial = stream.partial();
            if (partial.text().isEmpty() && partial.message().reasoning().isEmpty()) {
                notes.newLine();
            }
            keepPart(question, partial);
        } catch (LlmException e) {
            output.report(e);
            keepPart(question, e.partial().orElseGet(stream::partial));
        }
        return true;
    }

    private void keepComplete(UserMessage question, ChatResponse answer) {
        if (answer.text().isBlank()) {
            leaveUnanswered(question);
            return;
        }
        Optional<String> before = conversation.provider();
        // A call of a tool would need a result, and the program has no tools.
        AssistantMessage message = answer.toolCalls().isEmpty() ? answer.message() : textOf(answer);
        conversation.add(new Exchange(question, message, false));
        sayIfMoved(before, answer);
    }

    private void keepPart(UserMessage question, ChatResponse partial) {
        if (partial.text().isBlank()) {
            leaveUnanswered(question);
        } else {
            conversation.add(new Exchange(question, textOf(partial), true));
            notes.say("the answer is cut. The conversation keeps the part above; /retry asks again.");
        }
    }

    private void leaveUnanswered(UserMessage question) {
        boolean answeredBefore = conversation.leaveUnanswered(question);
        notes.say(
                answeredBefore
                        ? "there is no new answer, so the conversation keeps the earlier one; /retry asks again."
                        : "the conversation goes on without this question; /retry asks it again.");
    }

    /** Says that later questions go to another provider than the earlier ones. */
    private void sayIfMoved(Optional<String> before, ChatResponse answer) {
        boolean fellBack = answer.attempts().stream()
                .anyMatch(attempt -> !attempt.provider().equals(answer.provider()));
        boolean moved = before.isPresent() ? !before.get().equals(answer.provider()) : fellBack;
        if (moved) {
            notes.say("the next questions go to " + answer.provider() + " first.");
        }
    }

    private static AssistantMessage textOf(ChatResponse answer) {
        AssistantMessage.Builder text = AssistantMessage.builder().text(answer.text());
        answer.message()
                .provider()
                .ifPresent(name -> text.from(name, answer.message().model().orElse(null)));
        return text.build();
    }

    private CallOptions callOptions(Cancellation stop) {
        CallOptions.Builder call = CallOptions.builder().cancellation(stop);
        conversation.provider().ifPresent(call::startWith);
        return call.build().over(options);
    }
}
