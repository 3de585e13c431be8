package dev.llmspi.examples.show;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Attempt.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * Draws a timeline of the attempts in a call. Each attempt has a line with its start, provider, outcome and duration.
 * Waits are shown between the attempts.
 *
 * <pre>
 *    0 ms  openrouter  x 503 Service                     34 ms
 *                      : waits 162 ms
 *  196 ms  openrouter  + answered, openai/gpt-x         121 ms
 * </pre>
 */
public final class Timeline {

    private static final int WIDEST = 78;
    /** If there are fewer characters for the outcome, the duration is left out. */
    private static final int NARROWEST = 16;

    private static final int INDENT = 2;
    private static final int TIME = 7;

    private final Style style;
    private final int width;
    private final boolean messages;
    private int names;

    public Timeline(Style style, int width) {
        this(style, width, false);
    }

    private Timeline(Style style, int width, boolean messages) {
        this.style = style;
        this.width = Math.min(width, WIDEST);
        this.messages = messages;
    }

    /**
     * Returns a timeline that also shows the error message of each failed attempt. Equal messages in a row are shown
     * only once.
     */
    public Timeline withMessages() {
        return new Timeline(style, width, true);
    }

    /** Returns the lines of the timeline. */
    public List<String> lines(List<Attempt> attempts) {
        names = Math.min(
                16, attempts.stream().mapToInt(a -> a.provider().length()).max().orElse(0));
        List<String> lines = new ArrayList<>();
        String before = "";
        String said = "";
        for (Attempt attempt : attempts) {
            if (!before.isEmpty() && !before.equals(attempt.provider())) {
                lines.add(margin() + style.dim(style.next() + " next provider"));
            }
            if (!attempt.waitBefore().isZero()) {
                lines.add(margin() + style.dim(style.pause() + " waits " + Time.of(attempt.waitBefore())));
            }
            lines.add(line(attempt));
            if (messages && !attempt.message().isEmpty() && !attempt.message().equals(said)) {
                Table.wrap(VisibleText.line(attempt.message()), width - margin().length() - 2)
                        .forEach(text -> lines.add(margin() + "  " + style.dim(text)));
            }
            before = attempt.provider();
            said = attempt.message();
        }
        return lines;
    }

    private String margin() {
        return " ".repeat(INDENT + TIME + 2 + names + 2);
    }

    private String line(Attempt attempt) {
        String name = style.cut(attempt.provider(), names);
        int space = width - margin().length() - 2;
        boolean narrow = space - 1 - TIME < NARROWEST;
        String took = narrow || attempt.outcome() == Outcome.SKIPPED ? "" : Time.of(attempt.duration());
        int room = Math.max(8, narrow ? space : space - 1 - TIME);
        String what = style.cut(VisibleText.line(what(attempt)), room);
        UnaryOperator<String> colour = colour(attempt.outcome());
        String line = " ".repeat(INDENT)
                + style.dim(
                        " ".repeat(Math.max(0, TIME - Time.of(attempt.start()).length())) + Time.of(attempt.start()))
                + "  "
                + style.bold(name)
                + " ".repeat(names - name.length() + 2)
                + colour.apply(mark(attempt.outcome()) + " " + what);
        int gap = room - what.codePointCount(0, what.length()) + 1 + TIME - took.length();
        return took.isEmpty() ? line : line + " ".repeat(Math.max(1, gap)) + took;
    }

    /** Returns the outcome of an attempt in a few words. */
    static String what(Attempt attempt) {
        return switch (attempt.outcome()) {
            case SUCCESS ->
                "answered"
                        + attempt.servedModel()
                                .or(attempt::model)
                                .map(m -> ", " + m)
                                .orElse("");
            case SKIPPED -> "skipped" + words(attempt);
            case CANCELLED -> "cancelled";
            default -> failure(attempt);
        };
    }

    private static String failure(Attempt attempt) {
        StringBuilder text = new StringBuilder();
        // A status below 300 is not shown, because a stream that failed later has status 200, which would be
        // misleading.
        attempt.status().ifPresent(status -> text.append(status < 300 ? "" : status + " "));
        text.append(attempt.kind().map(KindName::of).orElse("Error"));
        text.append(words(attempt));
        attempt.retryAfter().filter(wait -> !wait.isZero()).ifPresent(wait -> text.append(", wait ")
                .append(Time.of(wait)));
        return text.toString();
    }

    private static String words(Attempt attempt) {
        return attempt.reason()
                .map(reason -> ", " + reason.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .orElse("");
    }

    private String mark(Outcome outcome) {
        return switch (outcome) {
            case SUCCESS -> style.success();
            case SKIPPED -> style.passedOver();
            default -> style.failure();
        };
    }

    private UnaryOperator<String> colour(Outcome outcome) {
        return switch (outcome) {
            case SUCCESS -> style::green;
            case SKIPPED -> style::yellow;
            default -> style::red;
        };
    }
}
