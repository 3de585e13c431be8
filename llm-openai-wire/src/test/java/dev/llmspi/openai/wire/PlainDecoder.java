package dev.llmspi.openai.wire;

import static dev.llmspi.openai.wire.PlainJson.elements;
import static dev.llmspi.openai.wire.PlainJson.members;

import dev.llmspi.api.Usage;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream in the simplest way there is, to compare the real decoder with: each event is decoded as strict UTF-8, parsed as one
 * document and turned into a tree, and then its members are looked at. An object keeps its members in their order, also those of the
 * same name: each counts.
 */
final class PlainDecoder {

    /**
     * What came of a stream.
     *
     * @param fragments the arguments of each call, as far as they came
     * @param calls each completed call; empty if the stream is not complete
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

    /** The end of a stream that brought nothing; the error says what the body looks like instead. */
    static final String NOTHING = "nothing";

    private static final class Call {
        private String id = "";
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();
    }

    private final PlainJson json = new PlainJson();
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final Map<Integer, Call> calls = new TreeMap<>();
    private @Nullable String finish;
    private Usage usage = Usage.none();
    private int ours = -1;
    private int events;

    /** How many events were read, the broken one included. */
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

    /** @return how the stream has ended; null if it goes on */
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
        if (finish != null) {
            return "complete";
        }
        if (text.isEmpty() && reasoning.isEmpty() && calls.isEmpty()) {
            return NOTHING;
        }
        return done && calls.values().stream().allMatch(PlainDecoder::isWhole) ? "complete" : "TRUNCATED";
    }

    private static boolean isWhole(Call call) {
        try {
            return call.arguments.toString().isBlank() || PlainJson.parse(call.arguments.toString()) instanceof List;
        } catch (PlainJson.BrokenException e) {
            return false;
        }
    }

    private Outcome outcome(String end) {
        Map<Integer, String> fragments = new TreeMap<>();
        List<String> whole = new ArrayList<>();
        for (Call call : calls.values()) {
            String arguments = call.arguments.isEmpty() ? "{}" : call.arguments.toString();
            fragments.put(fragments.size(), arguments);
            whole.add(call.id + " " + call.name + " " + arguments);
        }
        boolean complete = end.equals("complete");
        return new Outcome(
                text.toString(),
                reasoning.toString(),
                fragments,
                complete ? whole : List.of(),
                complete ? finish : null,
                usage,
                end);
    }

    /** A single choice is ours whatever its index; of several the lowest is, and stays it. */
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
                    .mapToInt(choice -> Math.max(0, index(choice)))
                    .min()
                    .getAsInt();
        }
        for (List<PlainJson.Member> choice : choices) {
            checkContent(choice);
        }
        for (List<PlainJson.Member> choice : choices) {
            if (ours < 0 || index(choice) < 0 || index(choice) == ours) {
                choice(choice);
            }
        }
        for (PlainJson.Member member : chunk) {
            if (member.name().equals("usage")) {
                usage(members(member.value()));
            }
        }
    }

    private static int index(List<PlainJson.Member> choice) {
        int index = -1;
        for (PlainJson.Member member : choice) {
            if (member.name().equals("index")) {
                String said = member.value() instanceof PlainJson.Digits digits
                        ? digits.text()
                        : String.valueOf(member.value());
                index = said.matches("[0-9]{1,9}") ? Integer.parseInt(said) : -1;
            }
        }
        return index;
    }

    /** Content that is a number or true is no content, whichever answer it belongs to. */
    private static void checkContent(List<PlainJson.Member> choice) throws PlainJson.BrokenException {
        for (PlainJson.Member member : choice) {
            for (PlainJson.Member part :
                    member.name().equals("delta") ? members(member.value()) : List.<PlainJson.Member>of()) {
                if (part.name().equals("content")
                        && (part.value() instanceof PlainJson.Digits || part.value() instanceof Boolean)) {
                    throw new PlainJson.BrokenException();
                }
            }
        }
    }

    private void choice(List<PlainJson.Member> choice) {
        for (PlainJson.Member member : choice) {
            switch (member.name()) {
                case "delta" -> members(member.value()).forEach(this::delta);
                case "finish_reason" -> {
                    boolean said = member.value() instanceof String word && !word.isBlank();
                    finish = finish == null && said ? (String) member.value() : finish;
                }
                case "usage" -> usage(members(member.value()));
                default -> {}
            }
        }
    }

    private void delta(PlainJson.Member part) {
        switch (part.name()) {
            case "content" -> content(part.value());
            case "reasoning", "reasoning_content" -> reasoning.append(part.value() instanceof String said ? said : "");
            case "tool_calls" -> {
                for (Object element : elements(part.value())) {
                    fragment(members(element));
                }
            }
            default -> {}
        }
    }

    private void content(@Nullable Object content) {
        if (content instanceof String said) {
            text.append(said);
        }
        for (Object part : elements(content)) {
            text.append(part instanceof String said ? said : textOf(members(part)));
        }
    }

    private static String textOf(List<PlainJson.Member> part) {
        for (PlainJson.Member member : part) {
            if (member.name().equals("text") && member.value() instanceof String said) {
                return said;
            }
        }
        return "";
    }

    private void fragment(List<PlainJson.Member> fragment) {
        Call call = calls.computeIfAbsent(index(fragment), index -> new Call());
        for (PlainJson.Member member : fragment) {
            if (member.name().equals("id") && member.value() instanceof String said) {
                call.id = said;
            }
            for (PlainJson.Member function :
                    member.name().equals("function") ? members(member.value()) : List.<PlainJson.Member>of()) {
                if (function.name().equals("name") && function.value() instanceof String said) {
                    call.name = said;
                } else if (function.name().equals("arguments") && function.value() instanceof String said) {
                    call.arguments.append(said);
                }
            }
        }
    }

    private void usage(List<PlainJson.Member> json) {
        Usage.Builder read = Usage.builder();
        for (PlainJson.Member member : json) {
            switch (member.name()) {
                case "prompt_tokens" -> count(member.value(), read::inputTokens);
                case "completion_tokens" -> count(member.value(), read::outputTokens);
                case "total_tokens" -> count(member.value(), read::totalTokens);
                default -> {}
            }
        }
        Usage built = read.build();
        usage = built.equals(Usage.none()) ? usage : built;
    }

    private static void count(@Nullable Object value, LongConsumer target) {
        if (value instanceof PlainJson.Digits digits) {
            BigDecimal number = new BigDecimal(digits.text());
            if (number.signum() >= 0 && number.stripTrailingZeros().scale() <= 0 && number.precision() < 18) {
                target.accept(number.longValue());
            }
        }
    }
}
