package dev.llmspi.openai.wire.error;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of tokens in an error about too many tokens. A number is 0 if the server does not state it.
 *
 * @param limit the maximum number of tokens
 * @param requested the number of tokens in the request
 */
public record TokenNumbers(long limit, long requested) {

    private static final TokenNumbers NONE = new TokenNumbers(0, 0);

    private static final List<String> LIMIT_MEMBERS =
            List.of("n_ctx", "max_context_length", "context_length", "context_window", "max_model_len");
    private static final List<String> REQUESTED_MEMBERS =
            List.of("n_prompt_tokens", "prompt_tokens", "requested_tokens", "input_tokens", "n_tokens");

    /** Matches an integer that is neither part of a name such as gpt-4-32k nor part of a decimal number. */
    private static final String NUMBER = "(?<![\\w.$\\-])(\\d{1,3}(?:,\\d{3})+|\\d{2,9})(?![\\w$]|[.,-]\\d|-\\w)";

    private static final Pattern NUMBERS = Pattern.compile(NUMBER);
    /** Matches words that are followed by the limit, without another number between them. */
    private static final Pattern LIMIT = Pattern.compile(
            "(?i)(?=[mlauoc<>n\\[最上限])(?:max(?:imum)?|limit(?:ed)?|allow(?:s|ed)?|at most|up to|only|less than|"
                    + "<=|<|>|\\[\\d{1,9},|"
                    + "context (?:size|length|window)|n_ctx|最大|上限|限制)[^\\d.\\n>]{0,60}+(?:\\d{1,2}[^\\d.\\n,]{1,3})?"
                    + NUMBER);

    /** Matches the status with which Qwen starts a message, such as {@code <400> …}. */
    private static final Pattern STATUS = Pattern.compile("<\\d{3}>");

    private static final Pattern RATE_LIMIT = Pattern.compile("(?i)\\blimit:?\\s{1,2}" + NUMBER);
    private static final Pattern RATE_REQUESTED = Pattern.compile("(?i)\\brequested:?\\s{1,2}" + NUMBER);
    private static final Pattern SUM = Pattern.compile("(?<!\\d)(\\d{1,9}+)\\s?\\+\\s?(\\d{1,9}+)\\s?>\\s?(\\d{1,9})");

    static TokenNumbers of(long limit, long requested) {
        return new TokenNumbers(limit, requested > limit ? requested : 0);
    }

    /** Extracts the numbers from the members and texts in which errors of this kind state them. */
    public static TokenNumbers of(ErrorFacts facts, ErrorKind kind, @Nullable ErrorReason reason) {
        if (kind == ErrorKind.RATE_LIMIT) {
            return facts.texts().stream()
                    .map(TokenNumbers::ofRate)
                    .filter(found -> found.limit > 0)
                    .findFirst()
                    .orElse(NONE);
        }
        if (reason != ErrorReason.CONTEXT_LENGTH) {
            return NONE;
        }
        TokenNumbers named = of(member(facts, LIMIT_MEMBERS), member(facts, REQUESTED_MEMBERS));
        if (named.limit > 0) {
            return named;
        }
        for (String text : facts.texts()) {
            TokenNumbers found = inText(text);
            if (found.limit > 0) {
                return found;
            }
        }
        return NONE;
    }

    /** Reads a rate limit message such as {@code Limit 30000, Used 18928, Requested 11159}. */
    private static TokenNumbers ofRate(String text) {
        Matcher limit = RATE_LIMIT.matcher(text);
        Matcher requested = RATE_REQUESTED.matcher(text);
        return limit.find()
                ? new TokenNumbers(number(limit.group(1)), requested.find() ? number(requested.group(1)) : 0)
                : NONE;
    }

    private static long member(ErrorFacts facts, List<String> names) {
        for (String name : names) {
            for (String value : facts.field(name)) {
                if (value.matches("\\d{1,9}")) {
                    return Long.parseLong(value);
                }
            }
        }
        return 0;
    }

    private static TokenNumbers inText(String message) {
        String text = STATUS.matcher(message).replaceAll(" ");
        Matcher sum = SUM.matcher(text);
        if (sum.find()) {
            return of(number(sum.group(3)), number(sum.group(1)) + number(sum.group(2)));
        }
        List<Long> numbers = new ArrayList<>();
        Matcher all = NUMBERS.matcher(text);
        while (all.find()) {
            numbers.add(number(all.group(1)));
        }
        long largest = numbers.stream().mapToLong(one -> one).max().orElse(0);
        long limit = 0;
        Matcher cue = LIMIT.matcher(text);
        while (limit == 0 && cue.find()) {
            long found = number(cue.group(1));
            limit = found < largest || numbers.size() == 1 ? found : 0;
        }
        if (limit == 0 && numbers.size() == 2) {
            limit = Math.min(numbers.get(0), numbers.get(1));
        }
        return of(limit, largest);
    }

    private static long number(String text) {
        return Long.parseLong(text.replace(",", ""));
    }
}
