package dev.llmspi.openai.wire;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.TimeSource;
import dev.llmspi.openai.wire.error.ErrorFacts;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Determines the wait that a server requests, in any known form. Servers send it in the headers {@code Retry-After-Ms}
 * and {@code Retry-After}, the latter in seconds, with a unit or as a date. In the body, they send it in members such
 * as {@code retry_after} and Google's {@code retryDelay}, and in sentences of the error message. The longest wait is
 * used. Headers such as {@code X-RateLimit-Reset} are used only if nothing else requests a wait. Values that are
 * malformed, not in the future or absurdly long are ignored, and so are headers that occur twice.
 */
final class RetryAfter {

    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);
    private static final BigDecimal TEN_YEARS = BigDecimal.valueOf(10L * 365 * 24 * 3600);
    /** A smaller timestamp is interpreted as seconds, because as milliseconds it would be a date before 1974. */
    private static final BigDecimal SMALLEST_MILLIS = BigDecimal.valueOf(100_000_000_000L);
    /** A smaller number is interpreted as a number of seconds, not as a timestamp. */
    private static final BigDecimal SMALLEST_POINT = BigDecimal.valueOf(1_000_000_000L);

    /** The members that contain a number of seconds, a duration with a unit, or a date. */
    private static final List<String> MEMBERS = List.of(
            "retry_after",
            "retryafter",
            "retry-after",
            "retry_after_seconds",
            "retry_after_seconds_raw",
            "retryafterseconds",
            "retrydelay",
            "retry_in",
            "retry_in_seconds",
            "reset_after",
            "reset_after_seconds",
            "resets_in_seconds",
            "wait_seconds");

    private static final List<String> MEMBERS_IN_MILLIS = List.of("retry_after_ms", "retryafterms", "retry-after-ms");
    private static final List<String> RESET_MEMBERS = List.of("resets_at", "reset_at", "headers.x-ratelimit-reset");
    /**
     * Pairs of headers. The placeholder {@code #} stands for {@code remaining} in one and for {@code reset} in the
     * other.
     */
    private static final List<String> LIMIT_HEADERS = List.of(
            "x-ratelimit-#-requests",
            "x-ratelimit-#-tokens",
            "x-ratelimit-#-input-tokens",
            "x-ratelimit-#-output-tokens",
            "x-ratelimit-#-requests-minute",
            "x-ratelimit-#-tokens-minute",
            "x-ratelimit-#-requests-day",
            "anthropic-ratelimit-requests-#",
            "anthropic-ratelimit-tokens-#",
            "anthropic-ratelimit-input-tokens-#",
            "anthropic-ratelimit-output-tokens-#",
            "ratelimit-#");

    private final Function<String, List<String>> headers;
    private final TimeSource time;
    private final ErrorFacts facts;
    private final Optional<Duration> requested;
    private final Optional<Duration> inWords;

    RetryAfter(WireReply reply, ErrorFacts facts, TimeSource time) {
        this.headers = reply.headers();
        this.time = time;
        this.facts = facts;
        this.requested = longest(inHeaders(), inMembers());
        this.inWords = facts.texts().stream()
                .map(WaitText::inMessage)
                .reduce(Optional.empty(), RetryAfter::longest)
                .flatMap(RetryAfter::bounded);
    }

    /** Returns the longest wait from any source. */
    Optional<Duration> longest() {
        return longest(requested, inWords).or(this::reset);
    }

    /**
     * Returns the wait for an error of the given kind. Sentences and reset times are used only if a limit is exceeded
     * or the server is busy, because other errors mention minutes and hours for other reasons.
     */
    Optional<Duration> of(ErrorKind kind) {
        return switch (kind) {
            case RATE_LIMIT, RESOURCE_EXHAUSTED -> longest();
            case SERVICE -> longest(requested, inWords);
            default -> requested;
        };
    }

    private static Optional<Duration> longest(Optional<Duration> one, Optional<Duration> other) {
        boolean second = one.isEmpty() || other.isPresent() && other.get().compareTo(one.get()) > 0;
        return second ? other : one;
    }

    private Optional<Duration> inHeaders() {
        return longest(
                single("Retry-After-Ms").flatMap(RetryAfter::millis),
                single("Retry-After").flatMap(this::secondsOrDate));
    }

    private Optional<Duration> inMembers() {
        Optional<Duration> longest = Optional.empty();
        for (String name : MEMBERS) {
            for (String value : facts.field(name)) {
                longest = longest(longest, secondsOrDate(value.strip()));
            }
        }
        for (String name : MEMBERS_IN_MILLIS) {
            for (String value : facts.field(name)) {
                longest = longest(longest, millis(value.strip()));
            }
        }
        return longest;
    }

    /**
     * Returns the time until a limit is reset. Servers send the remaining amount of a limit and its reset time with
     * every reply, so a reset time requests a wait only if nothing remains.
     */
    private Optional<Duration> reset() {
        Optional<Duration> longest = single("X-RateLimit-Reset")
                .or(() -> single("X-RateLimit-Reset-After"))
                .flatMap(this::untilReset);
        for (String name : RESET_MEMBERS) {
            for (String value : facts.field(name)) {
                longest = longest(longest, untilReset(value.strip()));
            }
        }
        for (String counted : LIMIT_HEADERS) {
            boolean used = single(counted.replace("#", "remaining"))
                    .flatMap(RetryAfter::number)
                    .filter(left -> left.signum() <= 0)
                    .isPresent();
            if (used) {
                longest = longest(longest, single(counted.replace("#", "reset")).flatMap(this::untilReset));
            }
        }
        return longest;
    }

    private static Optional<Duration> millis(String text) {
        return number(text).flatMap(millis -> seconds(millis.divide(THOUSAND)));
    }

    private static Optional<Duration> bounded(Duration wait) {
        return seconds(BigDecimal.valueOf(wait.getSeconds()).add(BigDecimal.valueOf(wait.getNano(), 9)));
    }

    private Optional<Duration> secondsOrDate(String text) {
        Optional<BigDecimal> number = number(text);
        if (number.isPresent()) {
            return number.flatMap(RetryAfter::seconds);
        }
        Optional<Duration> written = WaitText.duration(text);
        return written.isPresent()
                ? written.flatMap(RetryAfter::bounded)
                : date(text).flatMap(this::until);
    }

    /** Returns the time until a reset that is given as a timestamp or a duration. */
    private Optional<Duration> untilReset(String text) {
        Optional<BigDecimal> number = number(text);
        if (number.isEmpty() || number.get().compareTo(SMALLEST_POINT) < 0) {
            return secondsOrDate(text);
        }
        return number.filter(point -> point.signum() > 0 && point.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) < 0)
                .map(point -> point.compareTo(SMALLEST_MILLIS) < 0 ? point.multiply(THOUSAND) : point)
                .flatMap(point -> until(Instant.ofEpochMilli(point.longValue())));
    }

    /**
     * Returns the time until a date. Uses the server's clock if there is a Date header, because the local clock may be
     * wrong.
     */
    private Optional<Duration> until(Instant point) {
        Instant now = single("Date").flatMap(RetryAfter::date).orElseGet(time::now);
        Duration left = Duration.between(now, point);
        return seconds(BigDecimal.valueOf(left.getSeconds()).add(BigDecimal.valueOf(left.getNano(), 9)));
    }

    private static Optional<Duration> seconds(BigDecimal seconds) {
        return seconds.signum() <= 0 || seconds.compareTo(TEN_YEARS) > 0
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(seconds.movePointRight(9).longValue()))
                        .filter(wait -> !wait.isZero());
    }

    private static Optional<BigDecimal> number(String text) {
        boolean plain = text.length() <= 30 && text.chars().allMatch(c -> c >= '0' && c <= '9' || c == '.' || c == '-');
        try {
            return plain ? Optional.of(new BigDecimal(text)) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from));
        } catch (DateTimeException e) {
            return isoDate(text);
        }
    }

    private static Optional<Instant> isoDate(String text) {
        try {
            return Optional.of(DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private Optional<String> single(String name) {
        List<String> values = headers.apply(name);
        return values.size() == 1 ? Optional.of(values.get(0).strip()) : Optional.empty();
    }
}
