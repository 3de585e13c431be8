package dev.llmspi.openai.wire;

import static dev.llmspi.openai.wire.PlainJson.elements;
import static dev.llmspi.openai.wire.PlainJson.members;

import dev.llmspi.api.Usage;
import dev.llmspi.openai.wire.PlainJson.Digits;
import dev.llmspi.openai.wire.PlainJson.Member;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Collects the answer of a stream from the JSON trees of its chunks. */
final class PlainAnswer {

    static final class Call {
        String id = "";
        String name = "";
        final StringBuilder arguments = new StringBuilder();
    }

    final StringBuilder text = new StringBuilder();
    final StringBuilder reasoning = new StringBuilder();
    final Map<Integer, Call> calls = new TreeMap<>();

    @Nullable
    String finish;

    Usage usage = Usage.none();
    private boolean hasContent;

    boolean isEmpty() {
        return text.isEmpty() && reasoning.isEmpty() && calls.isEmpty();
    }

    /** Adds a choice to the answer: its reasoning comes before its text, whatever the order of the members. */
    void choice(List<Member> choice) {
        String said = "";
        StringBuilder details = new StringBuilder();
        for (Member member : choice) {
            for (Member part : deltaIn(member)) {
                boolean named = part.name().equals("reasoning") || part.name().equals("reasoning_content");
                if (named && said.isEmpty() && part.value() instanceof String thought) {
                    said = thought; // the same text may be sent under both names
                } else if (part.name().equals("reasoning_details")) {
                    for (Object detail : elements(part.value())) {
                        details.append(textOf(members(detail)));
                    }
                }
            }
        }
        reasoning.append(said.isEmpty() ? details : said);
        for (Member member : choice) {
            deltaIn(member).forEach(this::delta);
            if (member.name().equals("finish_reason") && member.value() instanceof String word && !word.isBlank()) {
                finish = finish == null ? word : finish;
            } else if (member.name().equals("usage")) {
                usage(members(member.value()));
            }
        }
    }

    static List<Member> deltaIn(Member member) {
        return member.name().equals("delta") ? members(member.value()) : List.of();
    }

    private void delta(Member part) {
        switch (part.name()) {
            case "content" -> content(part.value());
            case "refusal" -> text.append(part.value() instanceof String said && !hasContent ? said : "");
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
            content(said);
        }
        for (Object part : elements(content)) {
            if (part instanceof String said) {
                content(said);
            }
            content(textOf(members(part)));
            for (Member thinking : members(part)) {
                for (Object thought : thinking.name().equals("thinking") ? elements(thinking.value()) : new Object[0]) {
                    reasoning.append(textOf(members(thought)));
                }
            }
        }
    }

    private void content(String said) {
        hasContent |= !said.isEmpty();
        text.append(said);
    }

    private static String textOf(List<Member> part) {
        for (Member member : part) {
            if (member.name().equals("text") && member.value() instanceof String said) {
                return said;
            }
        }
        return "";
    }

    static int index(List<Member> choice) {
        int index = -1;
        for (Member member : choice) {
            if (member.name().equals("index")) {
                String said = member.value() instanceof Digits digits ? digits.text() : String.valueOf(member.value());
                index = said.matches("[0-9]{1,9}") ? Integer.parseInt(said) : -1;
            }
        }
        return index;
    }

    private void fragment(List<Member> fragment) {
        Call call = calls.computeIfAbsent(index(fragment), index -> new Call());
        for (Member member : fragment) {
            if (member.name().equals("id") && member.value() instanceof String said) {
                call.id = said;
            }
            for (Member function : member.name().equals("function") ? members(member.value()) : List.<Member>of()) {
                if (function.name().equals("name") && function.value() instanceof String said) {
                    call.name = said;
                } else if (function.name().equals("arguments") && function.value() instanceof String said) {
                    call.arguments.append(said);
                }
            }
        }
    }

    void usage(List<Member> json) {
        Usage.Builder read = Usage.builder();
        for (Member member : json) {
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
        if (value instanceof Digits digits) {
            BigDecimal number = new BigDecimal(digits.text());
            if (number.signum() >= 0 && number.stripTrailingZeros().scale() <= 0 && number.precision() < 18) {
                target.accept(number.longValue());
            }
        }
    }
}
