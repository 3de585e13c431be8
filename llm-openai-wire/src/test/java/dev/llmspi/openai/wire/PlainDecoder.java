package dev.llmspi.openai.wire;

import static dev.llmspi.openai.wire.PlainJson.elements;
import static dev.llmspi.openai.wire.PlainJson.members;

import dev.llmspi.api.Usage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A simple decoder with which the real one is compared. It decodes each event as strict UTF-8, parses it as one
 * document into a tree and then evaluates the members. Objects keep all members in order, including those with equal
 * names.
 */
final class PlainDecoder {

    /**
     * The outcome of a stream.
     *
     * @param fragments the arguments received so far for each call
     * @param calls the completed calls; empty if the stream is not complete
     * @param end {@code complete}, or the reason of the error
     */
    record Outcome(
            String text,
            String reasoning,
            Map<Integer, String> fragments,
            List<String> calls,
            @Nullable String finish,
            Usage usage,
            String end) {}

    /** Marks the end of a stream without content. The real decoder's error depends on the bytes of the body. */
    static final String NOTHING = "nothing";

    private final PlainJson json = new PlainJson();
    private final PlainAnswer answer = new PlainAnswer();
    private int ours = -1;
    private int events;

    /** Returns the number of events, including the malformed one. */
    int events() {
        return events;
    }

    Outcome read(byte[] body) {
        for (PlainEvents.Event event : PlainEvents.of(body)) {
            String end = event(event.data(), event.whole());
            if (end != null) {
                return outcome(end);
            }
        }
        return outcome(end(false));
    }

    /** @return how the stream has ended, or null if it continues */
    private @Nullable String event(byte[] data, boolean whole) {
        String shown = new String(data, StandardCharsets.ISO_8859_1);
        String trimmed = shown.strip();
        if (trimmed.equals("[DONE]")) {
            return end(true);
        }
        if (shown.isBlank() || trimmed.startsWith(":")) {
            return null;
        }
        events++;
        try {
            chunk(members(json.document(data)));
            return null;
        } catch (PlainJson.BrokenException e) {
            return whole ? "MALFORMED_RESPONSE" : end(false);
        }
    }

    private String end(boolean done) {
        if (answer.finish != null) {
            return "complete";
        }
        if (answer.isEmpty()) {
            return NOTHING;
        }
        return done && answer.calls.values().stream().allMatch(PlainDecoder::isWhole) ? "complete" : "TRUNCATED";
    }

    private static boolean isWhole(PlainAnswer.Call call) {
        try {
            return call.arguments.toString().isBlank() || PlainJson.parse(call.arguments.toString()) instanceof List;
        } catch (PlainJson.BrokenException e) {
            return false;
        }
    }

    private Outcome outcome(String end) {
        Map<Integer, String> fragments = new TreeMap<>();
        List<String> whole = new ArrayList<>();
        for (PlainAnswer.Call call : answer.calls.values()) {
            String arguments = call.arguments.isEmpty() ? "{}" : call.arguments.toString();
            fragments.put(fragments.size(), arguments);
            whole.add(call.id + " " + call.name + " " + arguments);
        }
        boolean complete = end.equals("complete");
        return new Outcome(
                answer.text.toString(),
                answer.reasoning.toString(),
                fragments,
                complete ? whole : List.of(),
                complete ? answer.finish : null,
                answer.usage,
                end);
    }

    /**
     * Evaluates the selected choice. A choice that is alone is selected, whatever its index is. As soon as a chunk
     * contains several choices, the one with the lowest index is selected for the rest of the stream.
     */
    private void chunk(List<PlainJson.Member> chunk) throws PlainJson.BrokenException {
        List<List<PlainJson.Member>> choices = new ArrayList<>();
        for (PlainJson.Member member : chunk) {
            if (member.name().equals("choices")) {
                for (Object choice : elements(member.value())) {
                    if (choice instanceof List) {
                        choices.add(members(choice));
                    }
                }
            }
        }
        if (choices.size() > 1 && ours < 0) {
            ours = choices.stream()
                    .mapToInt(choice -> Math.max(0, PlainAnswer.index(choice)))
                    .min()
                    .getAsInt();
        }
        for (List<PlainJson.Member> choice : choices) {
            checkContent(choice);
        }
        for (List<PlainJson.Member> choice : choices) {
            if (ours < 0 || PlainAnswer.index(choice) < 0 || PlainAnswer.index(choice) == ours) {
                answer.choice(choice);
            }
        }
        for (PlainJson.Member member : chunk) {
            if (member.name().equals("usage")) {
                answer.usage(members(member.value()));
            }
        }
    }

    /** Checks that the content of a choice is neither a number nor a boolean. This applies to all choices. */
    private static void checkContent(List<PlainJson.Member> choice) throws PlainJson.BrokenException {
        for (PlainJson.Member member : choice) {
            for (PlainJson.Member part : PlainAnswer.deltaIn(member)) {
                if (part.name().equals("content")
                        && (part.value() instanceof PlainJson.Digits || part.value() instanceof Boolean)) {
                    throw new PlainJson.BrokenException();
                }
            }
        }
    }
}
