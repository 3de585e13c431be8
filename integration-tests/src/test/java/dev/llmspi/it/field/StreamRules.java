package dev.llmspi.it.field;

import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamEvent.Finish;
import dev.llmspi.api.ChatStreamEvent.ReasoningDelta;
import dev.llmspi.api.ChatStreamEvent.TextDelta;
import dev.llmspi.api.ChatStreamEvent.ToolCallComplete;
import dev.llmspi.api.ChatStreamEvent.ToolCallDelta;
import dev.llmspi.api.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Checks the rules that the events of every stream must follow, no matter what the server sent. */
final class StreamRules {

    private final List<ChatStreamEvent> events;
    private final List<String> broken = new ArrayList<>();

    private StreamRules(List<ChatStreamEvent> events) {
        this.events = events;
    }

    /**
     * Returns the violated rules.
     *
     * @param answer the answer, or the part delivered before a failure, or null if nothing was delivered
     */
    static List<String> broken(Observed observed, @Nullable ChatResponse answer) {
        if (observed.mode() == Mode.WHOLE) {
            return List.of();
        }
        StreamRules rules = new StreamRules(observed.events());
        rules.texts(answer);
        rules.fragments();
        rules.order(observed.answer() != null);
        if (observed.answer() != null) {
            rules.completed(observed.answer().toolCalls());
            rules.firstToken(observed);
        }
        return rules.broken;
    }

    private void texts(@Nullable ChatResponse answer) {
        StringBuilder text = new StringBuilder();
        StringBuilder reasoning = new StringBuilder();
        for (ChatStreamEvent event : events) {
            if (event instanceof TextDelta delta) {
                text.append(delta.text());
                check(!delta.text().isEmpty(), "a piece of text is empty");
            } else if (event instanceof ReasoningDelta delta) {
                reasoning.append(delta.text());
                check(!delta.text().isEmpty(), "a piece of reasoning is empty");
            }
        }
        String whole = answer == null ? "" : answer.text();
        String thought = answer == null ? "" : answer.message().reasoning().orElse("");
        check(
                text.toString().equals(whole),
                "the pieces of text make \"" + text + "\", the answer has \"" + whole + '"');
        check(
                reasoning.toString().equals(thought),
                "the pieces of reasoning make \"" + reasoning + "\", the answer has \"" + thought + '"');
    }

    private void fragments() {
        Map<Integer, StringBuilder> arguments = new TreeMap<>();
        Map<Integer, String> names = new TreeMap<>();
        for (ChatStreamEvent event : events) {
            if (event instanceof ToolCallDelta delta) {
                arguments
                        .computeIfAbsent(delta.index(), index -> new StringBuilder())
                        .append(delta.argumentsFragment());
                String named = delta.id() + " " + delta.name();
                String before = names.putIfAbsent(delta.index(), named);
                check(
                        before == null || before.equals(named),
                        "call " + delta.index() + " was " + before + " and is now " + named);
            } else if (event instanceof ToolCallComplete complete) {
                ToolCall call = complete.call();
                StringBuilder told = arguments.get(complete.index());
                check(told != null, "call " + complete.index() + " was completed without a fragment");
                check(
                        told == null || told.toString().equals(call.arguments()),
                        "the fragments of call " + complete.index() + " add up to " + told + ", but its arguments are "
                                + call.arguments());
                String named = call.id() + " " + call.name();
                check(
                        told == null || named.equals(names.get(complete.index())),
                        "the fragments belong to " + names.get(complete.index()) + ", but the call is " + named);
            }
        }
    }

    private void order(boolean complete) {
        long ends = events.stream().filter(Finish.class::isInstance).count();
        check(ends == (complete ? 1 : 0), ends + " events say that the answer is complete");
        check(!complete || events.get(events.size() - 1) instanceof Finish, "the last event is not the finish");
    }

    private void completed(List<ToolCall> calls) {
        List<ToolCall> told = events.stream()
                .filter(ToolCallComplete.class::isInstance)
                .map(event -> ((ToolCallComplete) event).call())
                .toList();
        check(told.equals(calls), "the events reported " + told + ", but the answer contains " + calls);
    }

    private void firstToken(Observed observed) {
        if (events.stream().anyMatch(ChatStreamEvent::isContent)) {
            int last = observed.attempts().size() - 1;
            check(
                    last >= 0 && observed.attempts().get(last).firstToken().isPresent(),
                    "the attempt has no time of its first content");
        }
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            broken.add(otherwise);
        }
    }
}
