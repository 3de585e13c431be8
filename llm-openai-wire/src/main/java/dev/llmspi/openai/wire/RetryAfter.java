package dev.llmspi.openai.wire;

import dev.llmspi.api.TimeSource;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How long a server asks to wait, in all forms there are: {@code Retry-After-Ms}; {@code Retry-After} in seconds,
 * decimal or not, with a unit, or as a date; the body's hints, whose names come from OpenRouter; {@code
 * X-RateLimit-Reset} in milliseconds since 1970; Google's {@code RetryInfo}; the words of a 429. The first that makes
 * sense counts. What is malformed, not in the future, absurdly long or said twice says nothing.
 */
final class RetryAfter {

    private static final int PAYMENT_REQUIRED = 402;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);
    private static final BigDecimal TEN_YEARS = BigDecimal.valueOf(10L * 365 * 24 * 3600);
    /** Below this a point in time is in seconds: as milliseconds it would be before 1974. */
    private static final BigDecimal SMALLEST_MILLIS = BigDecimal.valueOf(100_000_000_000L);

    private final Function<String, List<String>> headers;
    private final JsonObject error;
    private final JsonObject body;
    private final TimeSource time;
    private final int status;
    private final String message;

    private RetryAfter(WireReply reply, ErrorBody body, TimeSource time) {
        this.status = body.status(reply);
        this.headers = reply.headers();
        this.error = body.error();
        this.body = body.body();
        this.message = body.message();
        this.time = time;
    }

    /** Null if the server says nothing that makes sense. */
    static @Nullable Duration of(WireReply reply, ErrorBody body, TimeSource time) {
        return new RetryAfter(reply, body, time).find().orElse(null);
    }

    private Optional<Duration> find() {
        return single("Retry-After-Ms")
                .flatMap(RetryAfter::number)
                .flatMap(millis -> seconds(millis.divide(THOUSAND)))
                .or(() -> single("Retry-After").flatMap(this::secondsOrDate))
                .or(this::fromBody)
                .or(this::reset)
                .or(this::fromDetails)
                .or(this::fromMessage);
    }

    /** Google's {@code RetryInfo}. */
    private Optional<Duration> fromDetails() {
        for (JsonObject detail : error.objects("details")) {
            Optional<Duration> delay = detail.text("retryDelay").flatMap(WaitText::duration);
            if (delay.isPresent()) {
                return bounded(delay.get());
            }
        }
        return Optional.empty();
    }

    /** Only where waiting is the point: other errors speak of minutes and hours for other reasons. */
    private Optional<Duration> fromMessage() {
        return status == TOO_MANY_REQUESTS
                ? WaitText.inMessage(message).flatMap(RetryAfter::bounded)
                : Optional.empty();
    }

    private static Optional<Duration> bounded(Duration wait) {
        return seconds(BigDecimal.valueOf(wait.getSeconds()).add(BigDecimal.valueOf(wait.getNano(), 9)));
    }

    /** Some gateways send it with every answer: it says how long to wait only where a limit was the reason. */
    private Optional<Duration> reset() {
        return status != TOO_MANY_REQUESTS && status != PAYMENT_REQUIRED
                ? Optional.empty()
                : single("X-RateLimit-Reset").flatMap(this::untilReset).or(() -> mirrored("X-RateLimit-Reset")
                        .flatMap(this::untilReset));
    }

    private Optional<Duration> fromBody() {
        JsonObject metadata = error.object("metadata");
        return error.object("availability")
                .text("retry_after")
                .or(() -> metadata.text("retry_after_seconds"))
                .or(() -> metadata.text("retry_after_seconds_raw"))
                .or(() -> error.text("retry_after"))
                .or(() -> body.text("retry_after"))
                .or(() -> mirrored("Retry-After"))
                .flatMap(this::secondsOrDate);
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

    private Optional<Duration> untilReset(String text) {
        return number(text)
                .filter(point -> point.signum() > 0 && point.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) < 0)
                .map(point -> point.compareTo(SMALLEST_MILLIS) < 0 ? point.multiply(THOUSAND) : point)
                .flatMap(point -> until(Instant.ofEpochMilli(point.longValue())));
    }

    /** By the server's clock, if it tells it: ours may be hours off. */
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
            return Optional.empty();
        }
    }

    private Optional<String> single(String name) {
        List<String> values = headers.apply(name);
        return values.size() == 1 ? Optional.of(values.get(0).strip()) : Optional.empty();
    }

    /** A header of the platform that arrives inside the body. */
    private Optional<String> mirrored(String name) {
        return error.object("metadata").object("headers").text(name);
    }
}
