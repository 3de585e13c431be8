package dev.llmspi.openai.wire;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads waits that servers write out: durations with units such as {@code 1m30s}, and sentences that name one. */
final class WaitText {

    /** No more of a message is searched. */
    private static final int SEARCHED = 8 * 1024;

    private static final Map<String, Duration> UNITS = new TreeMap<>(Map.ofEntries(
            Map.entry("ms", Duration.ofMillis(1)),
            Map.entry("millisecond", Duration.ofMillis(1)),
            Map.entry("毫秒", Duration.ofMillis(1)),
            Map.entry("s", Duration.ofSeconds(1)),
            Map.entry("sec", Duration.ofSeconds(1)),
            Map.entry("second", Duration.ofSeconds(1)),
            Map.entry("秒", Duration.ofSeconds(1)),
            Map.entry("m", Duration.ofMinutes(1)),
            Map.entry("min", Duration.ofMinutes(1)),
            Map.entry("minute", Duration.ofMinutes(1)),
            Map.entry("分钟", Duration.ofMinutes(1)),
            Map.entry("h", Duration.ofHours(1)),
            Map.entry("hr", Duration.ofHours(1)),
            Map.entry("hour", Duration.ofHours(1)),
            Map.entry("小时", Duration.ofHours(1)),
            Map.entry("d", Duration.ofDays(1)),
            Map.entry("day", Duration.ofDays(1))));

    private static final String AMOUNT = "\\d{1,9}(?:\\.\\d{1,9})?\\s{0,2}"
            + "(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|毫秒|秒|分钟|小时)(?![a-z])";
    private static final String DURATION = AMOUNT + "(?:[\\s,]{0,3}(?:and\\s)?" + AMOUNT + "){0,3}";
    private static final Pattern ONE = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(\\p{L}+)");
    private static final Pattern WHOLE =
            Pattern.compile("(?:\\d{1,9}(?:\\.\\d{1,9})?(?:ms|h|m|s|d)){1,4}", Pattern.CASE_INSENSITIVE);
    /** A verb of waiting, then soon a duration. */
    private static final Pattern SENTENCE = Pattern.compile(
            "(?:try(?:ing)? again|retry|retrying|wait|available again|resets?|come back)[^.!?\\d]{0,40}(" + DURATION
                    + ")");
    /** In Chinese the duration stands first. */
    private static final Pattern CHINESE = Pattern.compile("(" + DURATION + ")\\s?(?:之?后|以后)");

    private WaitText() {}

    /** A duration that is the whole text, such as {@code 174ms}, {@code 6m0s} or {@code 1.43s}. */
    static Optional<Duration> duration(String text) {
        String dense = text.strip();
        return WHOLE.matcher(dense).matches() ? Optional.of(sum(dense)) : Optional.empty();
    }

    /** The longest wait that a message names. */
    static Optional<Duration> inMessage(String message) {
        String text = message.substring(0, Math.min(message.length(), SEARCHED)).toLowerCase(Locale.ROOT);
        Duration longest = Duration.ZERO;
        for (Pattern pattern : new Pattern[] {SENTENCE, CHINESE}) {
            Matcher matcher = pattern.matcher(text);
            while (matcher.find()) {
                Duration wait = sum(matcher.group(1));
                longest = wait.compareTo(longest) > 0 ? wait : longest;
            }
        }
        return longest.isZero() ? Optional.empty() : Optional.of(longest);
    }

    private static Duration sum(String text) {
        Duration sum = Duration.ZERO;
        Matcher amount = ONE.matcher(text.toLowerCase(Locale.ROOT));
        while (amount.find()) {
            String unit = amount.group(2);
            Duration one = UNITS.get(unit);
            if (one == null && unit.endsWith("s")) {
                one = UNITS.get(unit.substring(0, unit.length() - 1));
            }
            if (one != null) {
                BigDecimal nanos = new BigDecimal(amount.group(1)).multiply(BigDecimal.valueOf(one.toNanos()));
                sum = sum.plusSeconds(nanos.longValue() / 1_000_000_000).plusNanos(nanos.longValue() % 1_000_000_000);
            }
        }
        return sum;
    }
}
