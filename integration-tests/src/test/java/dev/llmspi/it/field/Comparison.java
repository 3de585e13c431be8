package dev.llmspi.it.field;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.Usage;
import dev.llmspi.api.error.LlmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Compares the observed end of a call with the expected end, and lists all differences. */
final class Comparison {

    private final Expected expected;
    private final Observed observed;
    private final List<String> differences = new ArrayList<>();

    private Comparison(Expected expected, Observed observed) {
        this.expected = expected;
        this.observed = observed;
    }

    /**
     * Returns all differences, or an empty list if there are none.
     *
     * @param hasNext whether the chain had a second link
     */
    static List<String> differences(Expected expected, Observed observed, boolean hasNext) {
        Comparison comparison = new Comparison(expected, observed);
        comparison.compare(hasNext);
        return List.copyOf(comparison.differences);
    }

    private void compare(boolean hasNext) {
        boolean next = expected.next() && hasNext;
        posts(next);
        Expected.Failure failure = expected.error();
        if (failure == null) {
            answer();
        } else if (next) {
            handedOn(failure);
        } else {
            error(failure);
        }
        for (String note : expected.notes()) {
            if (observed.attempts().stream()
                    .flatMap(attempt -> attempt.notes().stream())
                    .noneMatch(said -> said.contains(note))) {
                differences.add("no attempt has a note with \"" + note + "\": "
                        + observed.attempts().stream().map(Attempt::notes).toList());
            }
        }
    }

    private void posts(boolean next) {
        same("POSTs at the first link", expected.posts(), observed.posts());
        same("attempts sent to the first link", observed.posts(), sent(FieldBench.FIRST));
        same("POSTs at the next link", next ? 1 : 0, observed.nextPosts());
        same("attempts sent to the next link", observed.nextPosts(), sent(FieldBench.NEXT));
    }

    private int sent(String link) {
        return (int) observed.attempts().stream()
                .filter(attempt -> attempt.sent() && attempt.provider().equals(link))
                .count();
    }

    private void answer() {
        ChatResponse answer = observed.answer();
        if (answer == null) {
            differences.add("an answer was expected, not " + shown(observed.thrown()));
            return;
        }
        same("text", expected.text(), answer.text());
        same("reasoning", expected.reasoning(), answer.message().reasoning().orElse(""));
        same("finish", expected.finish(), answer.finishReason());
        if (expected.rawFinish() != null) {
            same("raw finish", Optional.of(expected.rawFinish()), answer.rawFinishReason());
        }
        calls(answer.toolCalls());
        usage(answer.usage());
        fields(answer.message());
        differences.addAll(StreamRules.broken(observed, answer));
    }

    private void calls(List<ToolCall> calls) {
        same(
                "calls",
                expected.calls().stream()
                        .map(call -> call.name() + " " + call.arguments())
                        .toList(),
                calls.stream().map(call -> call.name() + " " + call.arguments()).toList());
        long ids = calls.stream().map(ToolCall::id).distinct().count();
        same("ids of the calls, all different", (long) calls.size(), ids);
        for (int i = 0; i < Math.min(calls.size(), expected.calls().size()); i++) {
            String id = expected.calls().get(i).id();
            ToolCall call = calls.get(i);
            if (id == null ? call.id().isEmpty() : !id.equals(call.id())) {
                differences.add("id of call " + i + ": expected " + id + ", was " + call.id());
            }
            same("well-formed arguments of call " + i, isObject(call.arguments()), call.wellFormed());
        }
    }

    private static boolean isObject(String arguments) {
        try {
            return JsonText.read(arguments) instanceof Map<?, ?>;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void usage(Usage usage) {
        Expected.Tokens tokens = expected.usage();
        if (tokens != null) {
            same("tokens of input", optional(tokens.input()), usage.inputTokens());
            same("tokens of output", optional(tokens.output()), usage.outputTokens());
        }
    }

    private static OptionalLong optional(@Nullable Long count) {
        return count == null ? OptionalLong.empty() : OptionalLong.of(count);
    }

    private void fields(AssistantMessage message) {
        expected.fields()
                .forEach((name, json) -> same(
                        "member " + name + " of the message",
                        json,
                        message.providerFields().get(name)));
        expected.callFields().forEach((place, json) -> {
            String[] words = place.split(" ", 2);
            int index = Integer.parseInt(words[0]);
            same(
                    "member " + words[1] + " of call " + index,
                    json,
                    index < message.toolCalls().size()
                            ? message.toolCalls().get(index).providerFields().get(words[1])
                            : null);
        });
    }

    /** Compares a call that the next link answered. The attempts at the first link must contain the expected error. */
    private void handedOn(Expected.Failure failure) {
        same(
                "text of the next link",
                FieldBench.FROM_NEXT,
                observed.answer() == null ? null : observed.answer().text());
        differences.addAll(StreamRules.broken(observed, observed.answer()));
        for (Attempt attempt : observed.attempts()) {
            if (attempt.provider().equals(FieldBench.FIRST)) {
                same("kind of the error", Optional.of(failure.kind()), attempt.kind());
                if (failure.reason() != null) {
                    same("reason of the error", Optional.of(failure.reason()), attempt.reason());
                }
            }
        }
    }

    private void error(Expected.Failure failure) {
        if (!(observed.thrown() instanceof LlmException error)) {
            differences.add("an error was expected: " + failure + ", not "
                    + (observed.answer() == null ? shown(observed.thrown()) : shown(observed.answer())));
            return;
        }
        same("kind of the error", failure.kind(), error.kind());
        if (failure.reason() != null) {
            same("reason of the error", Optional.of(failure.reason()), error.reason());
        }
        for (String words : failure.says()) {
            if (!String.valueOf(error.getMessage()).contains(words)) {
                differences.add("the error does not say \"" + words + "\": " + error.getMessage());
            }
        }
        same(
                "partial text",
                expected.text(),
                error.partial().map(ChatResponse::text).orElse(""));
        same(
                "partial reasoning",
                expected.reasoning(),
                error.partial()
                        .flatMap(partial -> partial.message().reasoning())
                        .orElse(""));
        differences.addAll(StreamRules.broken(observed, error.partial().orElse(null)));
    }

    private void same(String what, @Nullable Object wanted, @Nullable Object was) {
        if (!Objects.equals(wanted, was)) {
            differences.add(what + ": expected " + shown(wanted) + ", was " + shown(was));
        }
    }

    private static String shown(@Nullable Object value) {
        if (value instanceof String text) {
            return JsonText.quoted(text);
        }
        if (value instanceof ChatResponse answer) {
            return "an answer: " + JsonText.quoted(answer.text()) + ", finish " + answer.finishReason() + " "
                    + answer.rawFinishReason() + ", calls " + answer.toolCalls();
        }
        return String.valueOf(value);
    }
}
