package dev.llmspi.openai.wire;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads durations with units, such as {@code 1m30s}, and finds sentences that request a wait. */
final class WaitText {

    /** The maximum number of characters of a message that are searched. */
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

    private static final String AMOUNT = "(?<!\\d)\\d{1,9}+(?:\\.\\d{1,9}+)?\\s{0,2}+"
            + "(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|毫秒|秒|分钟|小时)(?![a-z])";
    private static final String DURATION = AMOUNT + "(?:[\\s,]{0,3}(?:and\\s)?" + AMOUNT + "){0,3}";
    private static final Pattern ONE = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(\\p{L}+)");
    private static final Pattern WHOLE =
            Pattern.compile("(?:\\d{1,9}(?:\\.\\d{1,9})?(?:ms|h|m|s|d)){1,4}", Pattern.CASE_INSENSITIVE);
    /**
     * The strings that can begin a match of {@link #SENTENCE}. Searching for them is much cheaper than trying the
     * pattern at every position.
     */
    private static final List<String> CUES = List.of(
            "try again",
            "trying again",
            "retry",
            "wait",
            "available again",
            "reset",
            "come back",
            "cooldown",
            "cool-down",
            "allowed in");

    /** The maximum distance in characters from a cue to the end of its duration. */
    private static final int REACH = 200;

    /** The maximum number of words such as "retry" that are examined in one message. */
    private static final int MOST_CUES = 64;

    private static final int MOST_BEFORE = 16;
    /** Matches words that request a wait, closely followed by a duration. */
    private static final Pattern SENTENCE = Pattern.compile(
            "(?:try(?:ing)? again|retry|retrying|wait(?!ed|ing)|available again|(?<!connection |stream )resets?"
                    + "|come back|cool-?down|allowed in)[^.!?\\d]{0,40}+(" + DURATION + ")");
    /** Matches a duration that precedes its cue, as is usual in Chinese. */
    private static final Pattern BEFORE =
            Pattern.compile("(" + DURATION + ")\\s?(?:之?后|以后|remaining until|left until)");

    private WaitText() {}

    /** Parses a string that contains only a duration, such as {@code 174ms}, {@code 6m0s} or {@code 1.43s}. */
    static Optional<Duration> duration(String text) {
        String dense = text.strip();
        return WHOLE.matcher(dense).matches() ? Optional.of(sum(dense)) : Optional.empty();
    }

    /** Returns the longest wait that a message requests. */
    static Optional<Duration> inMessage(String message) {
        String text = message.substring(0, Math.min(message.length(), SEARCHED)).toLowerCase(Locale.ROOT);
        Duration longest = Duration.ZERO;
        Matcher sentence = SENTENCE.matcher(text).useTransparentBounds(true);
        int tried = 0;
        for (String cue : CUES) {
            for (int at = text.indexOf(cue); at >= 0 && tried < MOST_CUES; at = text.indexOf(cue, at + 1)) {
                tried++;
                if (sentence.region(at, Math.min(text.length(), at + REACH)).lookingAt()) {
                    longest = longer(longest, sum(sentence.group(1)));
                }
            }
        }
        longest = longer(longest, before(text));
        return longest.isZero() ? Optional.empty() : Optional.of(longest);
    }

    /**
     * Returns the longest duration that precedes a cue, as is usual in Chinese. Only the first few cues are examined.
     */
    private static Duration before(String text) {
        Duration longest = Duration.ZERO;
        Matcher duration = BEFORE.matcher(text).useTransparentBounds(true);
        int tried = 0;
        for (String cue : List.of("后", " until")) {
            for (int at = text.indexOf(cue); at >= 0 && tried < MOST_BEFORE; at = text.indexOf(cue, at + 1)) {
                tried++;
                duration.region(Math.max(0, at - REACH), at + cue.length());
                while (duration.find()) {
                    longest = longer(longest, sum(duration.group(1)));
                }
            }
        }
        return longest;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
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
