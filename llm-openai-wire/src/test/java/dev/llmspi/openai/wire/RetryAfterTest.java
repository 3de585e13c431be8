package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the waits that headers and bodies request. The bench's clock always shows 2026-11-23T12:00:00Z. */
@Timeout(20)
class RetryAfterTest {

    private final Bench bench;

    RetryAfterTest() throws Exception {
        bench = new Bench();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    /** @param headers names and values, in turn */
    private Optional<Duration> wait(String body, String... headers) {
        String[] lines = new String[headers.length / 2];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = headers[2 * i] + ": " + headers[2 * i + 1];
        }
        return bench.failure(429, body, lines).retryAfter();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Retry-After|17|17000",
                "Retry-After|0.5|500",
                "retry-after-ms|250|250",
                "Retry-After|Mon, 23 Nov 2026 12:00:30 GMT|30000",
                "X-RateLimit-Reset|1795435260000|60000",
                "X-RateLimit-Reset|1795435260|60000"
            })
    void headers_everyForm_areRead(String name, String value, long millis) {
        assertEquals(Optional.of(Duration.ofMillis(millis)), wait("{}", name, value));
    }

    @ParameterizedTest
    @CsvSource({
        "500,0,",
        "503,429,60",
        "400,0,",
        "403,429,60",
        "302,0,",
        "200,503,",
        "200,400,",
        "402,0,60",
        "429,0,60",
        "429,500,60",
        "200,429,60",
        "200,402,60"
    })
    void reset_isUsedForLimitsOnly(int status, int code, Integer seconds) {
        String body = code == 0 ? "{\"error\":{\"message\":\"x\"}}" : "{\"error\":{\"code\":" + code + "}}";

        assertEquals(
                Optional.ofNullable(seconds).map(Duration::ofSeconds),
                bench.failure(status, body, "X-RateLimit-Reset: 1795435260000").retryAfter());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'error':{'availability':{'retry_after':12}}}|12000",
                "{'error':{'metadata':{'retry_after_seconds':1.5}}}|1500",
                "{'error':{'metadata':{'retry_after_seconds_raw':'3'}}}|3000",
                "{'error':{'metadata':{'headers':{'Retry-After':'4'}}}}|4000",
                "{'error':{'metadata':{'headers':{'X-RateLimit-Reset':'1795435260000'}}}}|60000",
                "{'retry_after':5}|5000"
            })
    void body_everyForm_isRead(String body, long millis) {
        assertEquals(Optional.of(Duration.ofMillis(millis)), wait(body.replace('\'', '"')));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "0.0",
                "soon",
                "1e3",
                "1,5",
                "99999999999999999999999999",
                "9999999999",
                "1-2",
                ".",
                "Mon, 23 Nov 2026 11:00:00 GMT",
                "Mon, 99 Nov 2026 11:00:00 GMT"
            })
    void header_invalidValue_isIgnored(String value) {
        assertEquals(Optional.empty(), wait("{}", "Retry-After", value));
        assertEquals(Optional.empty(), wait("{}", "Retry-After-Ms", "-5", "X-RateLimit-Reset", value));
    }

    @Test
    void headers_sentTwice_areIgnored() {
        assertEquals(Optional.empty(), wait("{}", "Retry-After", "5", "Retry-After", "6"));
    }

    @Test
    void forms_severalInOneReply_theLongestCounts() {
        String body = "{\"error\":{\"retry_after\":3}}";
        String words = "{\"error\":{\"message\":\"Please retry in 4s.\",\"retry_after\":3}}";
        assertEquals(
                Optional.of(Duration.ofSeconds(3)),
                wait(body, "X-RateLimit-Reset", "1795435260000", "Retry-After", "2", "Retry-After-Ms", "1"));
        assertEquals(Optional.of(Duration.ofSeconds(5)), wait(body, "Retry-After", "5", "Retry-After-Ms", "4900"));
        assertEquals(Optional.of(Duration.ofSeconds(4)), wait(words, "Retry-After", "2"));
        assertEquals(Optional.of(Duration.ofSeconds(60)), wait("{}", "X-RateLimit-Reset", "1795435260000"));
    }

    @ParameterizedTest
    @CsvSource({
        "x-ratelimit-remaining-tokens, 0, x-ratelimit-reset-tokens, 6m0s, 360000",
        "x-ratelimit-remaining-requests, 0, x-ratelimit-reset-requests, 174ms, 174",
        "x-ratelimit-remaining-tokens, 10, x-ratelimit-reset-tokens, 6m0s, -1",
        "anthropic-ratelimit-tokens-remaining, 0, anthropic-ratelimit-tokens-reset, 2026-11-23T12:00:09Z, 9000",
        "RateLimit-Remaining, 0, RateLimit-Reset, 12, 12000",
    })
    void reset_ofAnExhaustedLimit_isTheWait(String left, String count, String reset, String value, long millis) {
        assertEquals(
                millis,
                wait("{}", left, count, reset, value).map(Duration::toMillis).orElse(-1L));
    }

    @Test
    void date_serverClockDiffers_isRelativeToTheServerClock() {
        assertEquals(
                Optional.of(Duration.ofSeconds(20)),
                wait("{}", "Date", "Mon, 23 Nov 2026 03:00:00 GMT", "Retry-After", "Mon, 23 Nov 2026 03:00:20 GMT"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Retry-After | 315360000 | 315360000000", // ten years
                "Retry-After | 315360001 | -1",
                "Retry-After | 0.000000001 | 0",
                "Retry-After | 0.0000000001 | -1",
                "Retry-After | 000000000000000000000000000001 | 1000", // thirty digits
                "Retry-After | 0000000000000000000000000000001 | -1",
                "Retry-After-Ms | 0.000001 | 0",
                "X-RateLimit-Reset | 100000000000 | -1", // in milliseconds, this time is long past
                "X-RateLimit-Reset | 1795435200001 | 1",
                "X-RateLimit-Reset | 1795435200000 | -1",
                "X-RateLimit-Reset | 9223372036854775807 | -1",
                "X-RateLimit-Reset | 99999999999999999999 | -1"
            })
    void bounds_ofWaits_areExact(String name, String value, long millis) {
        assertEquals(millis, wait("{}", name, value).map(Duration::toMillis).orElse(-1L), name + " " + value);
    }
}
